import { createHmac, timingSafeEqual } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';

/*
 * Every line of an export ends with a code that only holders of the store's keys can make, over the line and the code
 * before it: `..., "mac": "22 characters"}`. So a line that was changed, left out, moved, added or cut off is found where it
 * stands, before anything of it is used; and whoever goes on in the middle knows that it is still the same file.
 */
const MAC_BYTES = 16;
const TAIL = /,"mac":"([\w-]{22})"\}$/;
const TAIL_LENGTH = 32;
/** Longest line: the largest value of a store, with what JSON adds to it. */
const MAX_LINE_BYTES = 32 * 1024 * 1024;
const NEWLINE = 0x0a;

/** A place in an export: after a line. */
export interface Mark {
  /** Bytes before it. */
  readonly offset: number;
  /** Lines before it. */
  readonly line: number;
  /** The whole code of the line before it. */
  readonly mac: Buffer;
}

/** One line, without its code, and the place behind it. */
export interface Line {
  readonly text: string;
  readonly after: Mark;
}

/** Where a file begins. `context` says which file it is. */
export function beginning(key: Uint8Array, context: string): Mark {
  return { offset: 0, line: 0, mac: createHmac('sha256', key).update(context, 'utf8').digest() };
}

/** Makes the line of an object that follows a place. */
export function writeLine(key: Uint8Array, before: Mark, object: object): Line {
  const body = JSON.stringify(object).slice(0, -1);
  const mac = next(key, before, body);
  const text = `${body},"mac":"${mac.subarray(0, MAC_BYTES).toString('base64url')}"}\n`;
  return { text, after: { offset: before.offset + Buffer.byteLength(text), line: before.line + 1, mac } };
}

/**
 * Reads the lines that follow a place, each verified before it is given. The first one's context is known only when it was
 * read, so `begin` makes the place before it of its text.
 * @throws AsignioError `ASIGNIO_EXPORT_DAMAGED`, naming the line.
 */
export async function* readLines(
  bytes: AsyncIterable<Uint8Array>,
  begin: (first: string) => Promise<{ readonly key: Uint8Array; readonly before: Mark }>,
): AsyncGenerator<Line> {
  let state: { readonly key: Uint8Array; readonly before: Mark } | undefined;
  for await (const { text, length } of split(bytes)) {
    state ??= await begin(text);
    const { key, before } = state;
    const code = TAIL.exec(text)?.[1];
    const body = text.slice(0, -TAIL_LENGTH);
    const mac = next(key, before, body);
    if (code === undefined || !timingSafeEqual(Buffer.from(code, 'base64url'), mac.subarray(0, MAC_BYTES)))
      throw damaged(`Line ${before.line + 1} is not as it was written`);
    const after = { offset: before.offset + length, line: before.line + 1, mac };
    yield { text: `${body}}`, after };
    state = { key, before: after };
  }
}

/** The error of a file that is not what was written. */
export function damaged(detail: string, cause?: unknown): AsignioError {
  return new AsignioError('ASIGNIO_EXPORT_DAMAGED', detail, cause === undefined ? {} : { cause });
}

function next(key: Uint8Array, { mac }: Mark, body: string): Buffer {
  return createHmac('sha256', key).update(mac).update(body, 'utf8').digest();
}

/** Whole lines without their ends; never more of the file in memory than one of them and a piece. */
async function* split(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ readonly text: string; readonly length: number }> {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let pieces: Uint8Array[] = [];
  let length = 0;
  const keep = (piece: Uint8Array): void => {
    length += piece.length;
    if (length > MAX_LINE_BYTES) throw damaged(`A line has more than ${MAX_LINE_BYTES} bytes`);
    pieces.push(piece);
  };
  for await (const chunk of bytes) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      keep(chunk.subarray(from, at));
      let text: string;
      try {
        text = utf8.decode(Buffer.concat(pieces));
      } catch (cause) {
        throw damaged('A line is not UTF-8', cause);
      }
      yield { text, length: length + 1 };
      pieces = [];
      length = 0;
      from = at + 1;
    }
    keep(chunk.subarray(from));
  }
  if (length > 0) throw damaged('The file is cut off in the middle of a line');
}
