import { AUDIT_PAGE, parseEntry } from './entry.ts';

/** Longest line of an export: a store's largest value, with what JSON adds to it. */
const MAX_LINE_BYTES = 32 * 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * The entries of an export in JSON lines, page by page; `undefined` for a line that is not exactly what an export writes.
 * @param bytes of the file, in pieces of any size
 */
export async function* entriesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly unknown[]> {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let pieces: Uint8Array[] = [];
  let length = 0;
  let page: unknown[] = [];
  const end = (): unknown => {
    try {
      return length > MAX_LINE_BYTES ? undefined : parseEntry(utf8.decode(Buffer.concat(pieces)));
    } catch {
      return undefined;
    } finally {
      pieces = [];
      length = 0;
    }
  };
  for await (const chunk of bytes) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      keep(chunk.subarray(from, at));
      page.push(end());
      from = at + 1;
      if (page.length < AUDIT_PAGE) continue;
      yield page;
      page = [];
    }
    keep(chunk.subarray(from));
  }
  // A file ends with the end of its last line.
  if (length > 0) page.push(undefined);
  if (page.length > 0) yield page;

  function keep(piece: Uint8Array): void {
    length += piece.length;
    // Beyond the longest line nothing is kept: it will not be read.
    if (length <= MAX_LINE_BYTES) pieces.push(piece);
    else pieces = [];
  }
}
