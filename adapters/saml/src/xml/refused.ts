/** What is wrong with a message or a document from outside; a word for logs, never a part of what came. */
export class Refused extends Error {
  override readonly name = 'Refused';
  /** Short and fixed, such as `signature` or `expired`. */
  readonly reason: string;

  constructor(reason: string, sentence: string) {
    super(sentence);
    this.reason = reason;
  }
}
