import { AsignioError } from '@asignio/contracts';
import { isMonotone } from '../modality/face/postprocess/calibration.ts';
import { ALIGNMENT_POINTS, NPM_BUILDS } from './manifest-types.ts';
import type { AlignmentPoints, FacePack } from './manifest-types.ts';

/** How many places an aligner's template names. */
const POINTS: { readonly [P in AlignmentPoints]: number } = { detected5: 5, landmarks5: 5, dlib33: 33 };
const MOST_FILES = 16;
const MOST_BYTES = 1024 * 1024 * 1024;

/**
 * Checks a pack's manifest, as operators write them too: nothing in it is believed.
 * @throws AsignioError `ASIGNIO_MODEL_INVALID` naming the field.
 * @example
 * ```ts
 * const pack = checkFacePack(JSON.parse(await readFile('pack.json', 'utf8')));
 * const engine = createEngine({ permits, modalities: ['face'], facePack: pack });
 * ```
 */
export function checkFacePack(value: unknown): FacePack {
  const root = object(value, 'the manifest');
  must(root['format'] === 'asignio-face-pack/1', 'format', 'asignio-face-pack/1');
  must(matches(root['name'], /^[a-z0-9][a-z0-9-]{0,63}$/), 'name', 'lower case letters, digits and hyphens');
  must(matches(root['version'], /^\d+\.\d+\.\d+$/), 'version', 'three numbers with points between');
  must(isText(root['note']), 'note', 'a text');
  const files = object(root['files'], 'files');
  const ids = Object.keys(files);
  must(ids.length > 0 && ids.length <= MOST_FILES, 'files', `1 to ${MOST_FILES} files`);
  for (const id of ids) checkFile(files[id], `files.${id}`);
  const known = (file: unknown, field: string): void =>
    must(typeof file === 'string' && Object.hasOwn(files, file), field, 'the name of one of the files');
  checkDetector(object(root['detector'], 'detector'), known);
  const landmarks = object(root['landmarks'], 'landmarks');
  must(landmarks['kind'] === 'face68', 'landmarks.kind', 'face68');
  known(landmarks['file'], 'landmarks.file');
  checkAligner(object(root['aligner'], 'aligner'));
  checkEmbedder(object(root['embedder'], 'embedder'), known);
  if (root['pad'] !== undefined) checkPad(object(root['pad'], 'pad'), known);
  checkCalibration(object(root['calibration'], 'calibration'));
  must(Array.isArray(root['measured']), 'measured', 'a list');
  const pack = value as FacePack;
  must(isMonotone(pack.calibration), 'calibration', 'such that a larger cosine never gives a smaller ratio');
  return pack;
}

type Fields = Readonly<Record<string, unknown>>;
type Known = (file: unknown, field: string) => void;

function checkFile(value: unknown, field: string): void {
  const file = object(value, field);
  must(matches(file['name'], /^[\w.-]{1,128}$/), `${field}.name`, 'letters, digits, points, hyphens');
  must(matches(file['sha256'], /^[0-9a-f]{64}$/), `${field}.sha256`, '64 hexadecimal digits in lower case');
  must(isInteger(file['bytes'], 1, MOST_BYTES), `${field}.bytes`, `a number of bytes up to ${MOST_BYTES}`);
  must(isText(file['licence']), `${field}.licence`, 'a text');
  const source = object(file['source'], `${field}.source`);
  const mirrors = source['mirrors'] ?? [];
  const fromWeb = isAddress(source['url']) && Array.isArray(mirrors) && mirrors.every(isAddress);
  const fromNpm = isText(source['npm']) && isText(source['version']) && NPM_BUILDS.includes(source['build'] as never);
  must(fromWeb || fromNpm || isText(source['by']), `${field}.source`, '`url` (https), `npm` or `by`');
}

function checkDetector(detector: Fields, known: Known): void {
  known(detector['file'], 'detector.file');
  if (detector['kind'] === 'blazeface') return;
  must(detector['kind'] === 'yunet', 'detector.kind', 'blazeface or yunet');
  must(isInteger(detector['side'], 64, 2048) && detector['side'] % 32 === 0, 'detector.side', 'a multiple of 32');
  must(typeof detector['fixed'] === 'boolean', 'detector.fixed', 'true or false');
  must(isNumber(detector['score'], 0.01, 1), 'detector.score', 'from 0.01 to 1');
}

function checkAligner(aligner: Fields): void {
  const points = aligner['points'] as AlignmentPoints;
  must(ALIGNMENT_POINTS.includes(points), 'aligner.points', ALIGNMENT_POINTS.join(', '));
  const template = aligner['template'];
  const whole =
    Array.isArray(template) &&
    template.length === POINTS[points] &&
    template.every((place) => isNumbers(place, 2, -4096, 4096));
  must(whole, 'aligner.template', `${POINTS[points]} pairs of numbers`);
}

function checkEmbedder(embedder: Fields, known: Known): void {
  known(embedder['file'], 'embedder.file');
  must(isText(embedder['output']), 'embedder.output', 'a text');
  must(isInteger(embedder['dimensions'], 2, 4096), 'embedder.dimensions', 'a number from 2 to 4096');
  must(isInteger(embedder['side'], 16, 512), 'embedder.side', 'a number from 16 to 512');
  must(embedder['colour'] === 'rgb' || embedder['colour'] === 'bgr', 'embedder.colour', 'rgb or bgr');
  must(isNumbers(embedder['mean'], 3, -1e6, 1e6), 'embedder.mean', 'three numbers');
  must(isNumbers(embedder['std'], 3, 1e-6, 1e6), 'embedder.std', 'three numbers above 0');
}

function checkPad(pad: Fields, known: Known): void {
  must(pad['kind'] === 'minifasnet', 'pad.kind', 'minifasnet');
  const { members } = pad;
  must(Array.isArray(members) && members.length > 0 && members.length <= 8, 'pad.members', '1 to 8 networks');
  for (const [i, member] of (members as readonly unknown[]).entries()) {
    const { file, scale } = object(member, `pad.members.${i}`);
    known(file, `pad.members.${i}.file`);
    must(isNumber(scale, 1, 16), `pad.members.${i}.scale`, 'from 1 to 16');
  }
  must(isNumber(pad['threshold'], 0, 1), 'pad.threshold', 'from 0 to 1');
}

function checkCalibration(calibration: Fields): void {
  for (const side of ['mated', 'nonMated']) {
    const normal = object(calibration[side], `calibration.${side}`);
    must(isNumber(normal['mean'], -1, 1), `calibration.${side}.mean`, 'from -1 to 1');
    must(isNumber(normal['deviation'], 1e-4, 1), `calibration.${side}.deviation`, 'from 0.0001 to 1');
  }
  must(isNumber(calibration['limit'], 0.1, 30), 'calibration.limit', 'from 0.1 to 30');
  must(isText(calibration['provenance']), 'calibration.provenance', 'a text');
}

function object(value: unknown, field: string): Fields {
  must(typeof value === 'object' && value !== null && !Array.isArray(value), field, 'an object');
  return value as Fields;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 1024;
}

function matches(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

function isAddress(value: unknown): boolean {
  return isText(value) && URL.canParse(value) && new URL(value).protocol === 'https:';
}

function isNumber(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && value >= least && value <= most;
}

function isInteger(value: unknown, least: number, most: number): value is number {
  return isNumber(value, least, most) && Number.isInteger(value);
}

function isNumbers(value: unknown, count: number, least: number, most: number): boolean {
  return Array.isArray(value) && value.length === count && value.every((one) => isNumber(one, least, most));
}

function must(holds: boolean, field: string, what: string): asserts holds {
  if (!holds) throw new AsignioError('ASIGNIO_MODEL_INVALID', `The pack's manifest: ${field} must be ${what}`);
}
