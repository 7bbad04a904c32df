/** Why data that somebody asked to have erased are kept. */
export interface ErasureException {
  readonly id: 'legal-hold' | 'request-record';
  /** The text that allows it. */
  readonly source: string;
  /** For the person, in words. */
  readonly sentence: string;
  /** Whether what was asked for waits for it; one that does not only says what little stays. */
  readonly blocks: boolean;
}

/** The exceptions that this system ever claims: no others are in the code, so none can be cited. */
export const ERASURE_EXCEPTIONS = {
  'legal-hold': {
    id: 'legal-hold',
    source:
      'GDPR Art. 17(3)(b), (e); Cal. Civ. Code §1798.105(d)(8), §1798.145(a)(1); 740 ILCS 14/15(a) (warrant or subpoena)',
    sentence:
      'An authority or a court has ordered that your data be kept for now. They are not used for anything, and are destroyed as soon as the order ends.',
    blocks: true,
  },
  'request-record': {
    id: 'request-record',
    source: '11 CCR §7101(a); GDPR Art. 5(2)',
    sentence:
      'That you asked, when, and what was done is kept for two years under a number in place of your name, to show that it was done.',
    blocks: false,
  },
} as const satisfies Record<string, ErasureException>;
