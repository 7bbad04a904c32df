import { AsignioError } from './errors.ts';

/**
 * The format in which camera frames travel from the browser to the engine (media type {@link FACE_FRAMES_MEDIA_TYPE}). Flat
 * bytes with lengths in front, so that every cap holds before anything is decoded: `ASFC`, version (1), count of frames (1
 * byte); then for each frame its step (1 byte), its time (4 bytes, ms), its length (4 bytes), all big-endian; then the
 * frames, one after another, each a JPEG.
 */
export const FACE_FRAMES_MEDIA_TYPE = 'application/vnd.asignio.face-frames';

/**
 * What somebody may be asked to do in front of the camera. Left and right are the person's own; `sign` is to draw the
 * signature while the camera looks on.
 */
export const FACE_PROMPTS = [
  'look-straight',
  'turn-left',
  'turn-right',
  'look-up',
  'move-closer',
  'blink',
  'sign',
] as const;
export type FacePrompt = (typeof FACE_PROMPTS)[number];

/** One camera frame. */
export interface FaceFrame {
  /** Which prompt it was taken for, from 0. */
  readonly step: number;
  /** ms since the first frame, a whole number. */
  readonly t: number;
  readonly jpeg: Uint8Array;
}

/** Caps that hold before anything is decoded. */
export const FACE_FRAMES_LIMITS = {
  /** Bytes of a whole sample. */
  bytes: 3 * 1024 * 1024,
  /** Frames in a sample. */
  frames: 48,
  /** Steps in a sample. */
  steps: 6,
  /** Frames in a step. */
  framesAStep: 10,
  /** Bytes of one frame: 640 x 640 px at good quality take about 90 kB. */
  frameBytes: 256 * 1024,
  /** Pixels along either side of a frame. */
  side: 800,
  /** ms from first to last frame. */
  durationMs: 90_000,
} as const;

const MAGIC = [0x41, 0x53, 0x46, 0x43, 1] as const;
const HEAD = MAGIC.length + 1;
const ENTRY = 9;
const SMALLEST_JPEG = 100;

/**
 * Packs frames.
 * @throws AsignioError as {@link unpackFaceFrames} would for them.
 * @example
 * ```ts
 * const bytes = packFaceFrames([{ step: 0, t: 0, jpeg }]);
 * ```
 */
export function packFaceFrames(frames: readonly FaceFrame[]): Uint8Array<ArrayBuffer> {
  const start = HEAD + ENTRY * frames.length;
  const bytes = new Uint8Array(start + frames.reduce((sum, { jpeg }) => sum + jpeg.byteLength, 0));
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  bytes[MAGIC.length] = Math.min(frames.length, 255);
  let body = start;
  for (const [index, { step, t, jpeg }] of frames.entries()) {
    const at = HEAD + ENTRY * index;
    view.setUint8(at, step);
    view.setUint32(at + 1, t);
    view.setUint32(at + 5, jpeg.byteLength);
    bytes.set(jpeg, body);
    body += jpeg.byteLength;
  }
  unpackFaceFrames(bytes);
  return bytes;
}

/**
 * Reads frames from bytes that anybody may have sent. The frames are views of the bytes; none is decoded.
 * @throws AsignioError `ASIGNIO_SAMPLE_TOO_LARGE` past a cap; `ASIGNIO_SAMPLE_INVALID`, which says what is wrong.
 */
export function unpackFaceFrames(bytes: Uint8Array): readonly FaceFrame[] {
  const { frames: most, frameBytes, bytes: mostBytes, steps, framesAStep, durationMs } = FACE_FRAMES_LIMITS;
  if (bytes.byteLength > mostBytes) throw tooLarge(`more than ${mostBytes} bytes`);
  if (bytes.byteLength < HEAD || MAGIC.some((byte, index) => bytes[index] !== byte))
    throw invalid('is of another format');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint8(MAGIC.length);
  if (count === 0) throw invalid('has no frames');
  if (count > most) throw tooLarge(`more than ${most} frames`);
  let body = HEAD + ENTRY * count;
  if (bytes.byteLength < body) throw invalid('is cut short');
  const frames: FaceFrame[] = [];
  let step = 0;
  let inStep = 0;
  let before = 0;
  for (let index = 0; index < count; index++) {
    const at = HEAD + ENTRY * index;
    const own = view.getUint8(at);
    const t = view.getUint32(at + 1);
    const length = view.getUint32(at + 5);
    if (own !== step && own !== step + 1) throw invalid('has steps out of order');
    if (index === 0 && own !== 0) throw invalid('does not begin with the first step');
    inStep = own === step ? inStep + 1 : 1;
    step = own;
    if (step >= steps) throw tooLarge(`more than ${steps} steps`);
    if (inStep > framesAStep) throw tooLarge(`more than ${framesAStep} frames in a step`);
    if (index === 0 ? t !== 0 : t <= before) throw invalid('has times out of order');
    if (t > durationMs) throw tooLarge(`longer than ${durationMs} ms`);
    before = t;
    if (length > frameBytes) throw tooLarge(`a frame of more than ${frameBytes} bytes`);
    if (length > bytes.byteLength - body) throw invalid('is cut short');
    const jpeg = bytes.subarray(body, body + length);
    if (!isJpeg(jpeg)) throw invalid('has a frame that is no JPEG');
    frames.push({ step, t, jpeg });
    body += length;
  }
  if (body !== bytes.byteLength) throw invalid('has bytes left over');
  return frames;
}

/** By its first and last markers; whether it can be decoded is for the decoder to say. */
function isJpeg(jpeg: Uint8Array): boolean {
  const { length } = jpeg;
  return (
    length >= SMALLEST_JPEG &&
    jpeg[0] === 0xff &&
    jpeg[1] === 0xd8 &&
    jpeg[2] === 0xff &&
    jpeg[length - 2] === 0xff &&
    jpeg[length - 1] === 0xd9
  );
}

function invalid(what: string): AsignioError {
  return new AsignioError('ASIGNIO_SAMPLE_INVALID', `Face frames: the sample ${what}`);
}

function tooLarge(what: string): AsignioError {
  return new AsignioError('ASIGNIO_SAMPLE_TOO_LARGE', `Face frames: ${what}`);
}
