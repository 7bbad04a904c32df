import { AsignioError } from '@asignio/contracts';
import type { RawSample } from '@asignio/contracts';

/** Shorter sides than this are doubled, px: old data sets have faces as large as their pictures, which hold 80 px only so. */
const SMALL = 200;
const MOST_SIDE = 4096;
const HEAD = /^P5\s+(?:#[^\n]*\n\s*)*(\d{1,5})\s+(\d{1,5})\s+255\s/;

/**
 * Reads a binary PGM of 8 bits, as research data sets of faces have them, and makes a PNG of it. Small pictures are made
 * twice as large: nobody signs in with such.
 * @throws AsignioError `ASIGNIO_SAMPLE_INVALID`, `ASIGNIO_SAMPLE_TOO_LARGE`.
 * @example
 * ```ts
 * const sample = await decodePgm(await readFile('s1_1.pgm'));
 * ```
 */
export async function decodePgm(bytes: Uint8Array): Promise<RawSample> {
  const head = HEAD.exec(Buffer.from(bytes.subarray(0, 1024)).toString('latin1'));
  if (head === null) throw new AsignioError('ASIGNIO_SAMPLE_INVALID', 'This is no binary PGM of 8 bits');
  const [width, height] = [Number(head[1]), Number(head[2])];
  if (width > MOST_SIDE || height > MOST_SIDE)
    throw new AsignioError('ASIGNIO_SAMPLE_TOO_LARGE', `A picture has at most ${MOST_SIDE} px a side`);
  const pixels = bytes.subarray(head[0].length);
  if (width === 0 || height === 0 || pixels.length !== width * height)
    throw new AsignioError('ASIGNIO_SAMPLE_INVALID', 'The PGM has another number of pixels than it says');
  // Not loaded by who has no use for it.
  const { default: sharp } = await import('sharp');
  const picture = sharp(pixels, { raw: { width, height, channels: 1 } });
  if (Math.min(width, height) < SMALL) picture.resize({ width: 2 * width, kernel: 'cubic' });
  return { mediaType: 'image/png', bytes: await picture.png({ compressionLevel: 1 }).toBuffer() };
}
