import { AsignioError } from '@asignio/contracts';
import type { RawSample } from '@asignio/contracts';
import sharp from 'sharp';
import type { Metadata, Sharp } from 'sharp';
import { FACE_LIMITS, STILL_MEDIA_TYPES } from '../facts.ts';
import type { DecodedPicture } from './picture.ts';

/** Media types of a picture, with what its bytes begin with. */
const SIGNATURES: { readonly [mediaType: string]: (bytes: Uint8Array) => boolean } = {
  'image/jpeg': (bytes) => begins(bytes, 0, 'ÿØÿ'),
  'image/png': (bytes) => begins(bytes, 0, '\u0089PNG\r\n\u001A\n'),
  'image/webp': (bytes) => begins(bytes, 0, 'RIFF') && begins(bytes, 8, 'WEBP'),
};

/** Longer side at which pictures are worked on, px: a face of 80 px is found in it anywhere. */
const WORKING_SIDE = 960;
/** Shorter sides than this show no face that could be used, px. */
const SMALLEST_SIDE = 48;
const SECONDS = 4;

sharp.cache(false);
sharp.concurrency(1);

/**
 * Decodes a picture: turned upright as its EXIF orientation says, shrunk to the working size, 8-bit RGB. Metadata end
 * here. Only the decoder that the media type names ever sees the bytes.
 * @param mostSide longest side that is taken at all, px
 * @throws AsignioError `ASIGNIO_SAMPLE_INVALID`, `ASIGNIO_SAMPLE_TOO_LARGE`.
 */
export async function decodePicture({ mediaType, bytes }: RawSample, mostSide?: number): Promise<DecodedPicture> {
  const isOne = Object.hasOwn(SIGNATURES, mediaType) ? SIGNATURES[mediaType] : undefined;
  if (isOne === undefined) throw invalid(`A face has the media type ${STILL_MEDIA_TYPES.join(' or ')}`);
  if (bytes.byteLength > FACE_LIMITS.bytes) throw tooLarge(`A picture has at most ${FACE_LIMITS.bytes} bytes`);
  if (!isOne(bytes)) throw invalid(`This is no ${mediaType}`);
  const metadata = await whole(open(bytes).metadata());
  check(metadata, mostSide);
  const { data, info } = await whole(
    open(bytes)
      .autoOrient()
      .resize({ width: WORKING_SIDE, height: WORKING_SIDE, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#808080' })
      .toColourspace('srgb')
      .timeout({ seconds: SECONDS })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true }),
  );
  const { width, height, channels } = info;
  const shrunk = Math.max(1, Math.max(metadata.width, metadata.height) / Math.max(width, height));
  if (channels === 3) return { width, height, data, shrunk };
  const picture = { width, height, data: rgbOf(data, channels), shrunk };
  data.fill(0);
  return picture;
}

/** Damaged files are refused, not repaired: what is missing would be made up. */
function open(bytes: Uint8Array): Sharp {
  return sharp(bytes, { failOn: 'warning', limitInputPixels: FACE_LIMITS.pixels, sequentialRead: true, pages: 1 });
}

function check({ width, height, pages }: Metadata, mostSide = Number.POSITIVE_INFINITY): void {
  if (Math.max(width, height) > mostSide) throw tooLarge(`A frame has at most ${mostSide} px a side`);
  if (width * height > FACE_LIMITS.pixels) throw tooLarge(`A picture has at most ${FACE_LIMITS.pixels} pixels`);
  if (Math.min(width, height) < SMALLEST_SIDE) throw invalid(`A picture has at least ${SMALLEST_SIDE} px a side`);
  if (pages !== undefined && pages > 1) throw invalid('A picture is a still one');
}

/** What the decoder says may quote the file: only its kind leaves. */
async function whole<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && /pixel limit/i.test(error.message))
      throw tooLarge(`A picture has at most ${FACE_LIMITS.pixels} pixels`);
    throw invalid('The picture is damaged');
  }
}

function rgbOf(data: Uint8Array, channels: number): Uint8Array {
  const pixels = data.length / channels;
  const out = new Uint8Array(3 * pixels);
  for (let i = 0; i < pixels; i++)
    for (let c = 0; c < 3; c++) out[3 * i + c] = data[i * channels + (channels < 3 ? 0 : c)]!;
  return out;
}

function begins(bytes: Uint8Array, at: number, text: string): boolean {
  return (
    bytes.length >= at + text.length &&
    bytes.subarray(at, at + text.length).every((byte, i) => byte === text.charCodeAt(i))
  );
}

function invalid(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_SAMPLE_INVALID', detail);
}

function tooLarge(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_SAMPLE_TOO_LARGE', detail);
}
