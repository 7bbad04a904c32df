/*
 * Presentation attacks that can be made without a laboratory, counted species by species:
 *   node packages/engine/.test/face/pad/report.js --data FOLDER [--people N] [--species REGEXP] [--json FILE]
 * Every sitting ends with a drawing that is made while the camera looks. FOLDER holds one JPEG a person. Heads are puppets made of the pictures: what is said of them is said of geometry and of
 * the protocol, not of skin, paper and glass.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { parseArgs } from 'node:util';
import { FACE_FRAMES_MEDIA_TYPE, packFaceFrames, SIGNATURE_MEDIA_TYPE } from '@asignio/contracts';
import type { CaptureChallenge, FaceFrame } from '@asignio/contracts';
import { MOVEMENTS, PORTRAIT_EYES, PORTRAIT_SIDE, Puppet, commitTo, createSigner, sitFor } from '@asignio/testkit';
import type { Moment, Photo, PuppetOptions, Sitting } from '@asignio/testkit';
import sharp from 'sharp';
import { defaultModelsFolder } from '#src/models/folder.js';
import { NPM_PACK } from '#src/models/packs/npm.js';
import { openPack } from '#src/modality/face/model/pack.js';
import { observe } from '#src/modality/face/observe.js';
import { faceRunner } from '#src/modality/face/index.js';
import { signatureRunner as signature } from '#src/modality/signature/index.js';
import { FACE_PROMPT_PLAN } from '#src/modality/face/pad/plan.js';
import { eyesApart, middle } from '#src/modality/face/pad/shape.js';
import { decodePicture } from '#src/modality/face/preprocess/decode.js';
import { interval, percent } from './rates.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    people: { type: 'string', default: '24' },
    species: { type: 'string', default: '' },
    json: { type: 'string' },
  },
});
if (values.data === undefined) throw new Error('--data FOLDER is missing');
const MOST_TURNED = 12;

/** One person as two pictures: eyes open, eyes shut. */
interface Subject {
  readonly name: string;
  readonly open: Photo;
  readonly shut: Photo;
}

const networks = await openPack(NPM_PACK, defaultModelsFolder());
const runner = await faceRunner({ pack: NPM_PACK, folder: defaultModelsFolder() });

/** A picture scaled so that its eyes are where those of a portrait are; `undefined` where it is not from the front. */
async function subject(path: string): Promise<Subject | undefined> {
  const bytes = new Uint8Array(await readFile(path));
  const { seen } = await observe(await decodePicture({ mediaType: 'image/jpeg', bytes }), networks, NPM_PACK);
  if (seen === undefined || Math.abs(seen.measures.pose.yaw) > MOST_TURNED) return undefined;
  const scale = PORTRAIT_EYES.apart / eyesApart(seen.landmarks);
  const eyes = middle(seen.landmarks, 36, 48);
  const { width, height } = await sharp(bytes).metadata();
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
  const large = new Uint8Array(await sharp(bytes).resize(w, h).removeAlpha().toColourspace('srgb').raw().toBuffer());
  const data = new Uint8Array(3 * PORTRAIT_SIDE ** 2).fill(128);
  for (let y = 0; y < PORTRAIT_SIDE; y++)
    for (let x = 0; x < PORTRAIT_SIDE; x++) {
      const fx = Math.round(x - PORTRAIT_EYES.x + eyes.x * scale);
      const fy = Math.round(y - PORTRAIT_EYES.y + eyes.y * scale);
      if (fx < 0 || fy < 0 || fx >= w || fy >= h) continue;
      const from = 3 * (fy * w + fx);
      data.set(large.subarray(from, from + 3), 3 * (y * PORTRAIT_SIDE + x));
    }
  const open = { width: PORTRAIT_SIDE, height: PORTRAIT_SIDE, data };
  return { name: parse(path).name, open, shut: withShutEyes(open) };
}

/** Lids drawn over the eyes: each column goes evenly from what is above the eye to what is below it. */
function withShutEyes({ width, height, data }: Photo): Photo {
  const shut = data.slice();
  const { x, y, apart } = PORTRAIT_EYES;
  for (const centre of [x - apart / 2, x + apart / 2]) {
    const [top, bottom] = [Math.round(y - 0.17 * apart), Math.round(y + 0.15 * apart)];
    for (let column = Math.round(centre - 0.33 * apart); column <= centre + 0.33 * apart; column++)
      for (let row = top; row <= bottom; row++)
        for (let c = 0; c < 3; c++) {
          const part = (row - top) / (bottom - top);
          const above = data[3 * (top * width + column) + c] ?? 0;
          const below = data[3 * (bottom * width + column) + c] ?? 0;
          shut[3 * (row * width + column) + c] = above * (1 - part) + below * part;
        }
  }
  return { width, height, data: shut };
}

type Camera = (moment: Moment, frame: number) => Promise<Uint8Array>;

function camera(
  who: Subject,
  options: Omit<PuppetOptions, 'eyes'>,
  edit: (photo: Photo) => Photo = (photo) => photo,
): Camera {
  const [open, shut] = [who.open, who.shut].map((photo) => new Puppet(photo, { eyes: PORTRAIT_EYES, ...options }));
  return async (moment) => {
    const { width, height, data } = edit(((moment.shut === true ? shut : open) ?? open)!.show(moment));
    return sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 86 })
      .toBuffer();
  };
}

/** The pattern of a screen's pixels under a camera's: two waves that beat, in three colours. */
function moire(photo: Photo): Photo {
  const data = photo.data.map((value, i) => {
    const [pixel, colour] = [Math.floor(i / 3), i % 3];
    const [x, y] = [pixel % photo.width, Math.floor(pixel / photo.width)];
    return Math.max(
      0,
      Math.min(255, value + 16 * Math.sin(x * 0.83 + y * 0.07 + colour) * Math.sin(y * 0.79 - x * 0.05)),
    );
  });
  return { ...photo, data };
}

const FRAMES = 8;
let drawn = 0;
/** Prompts as the plan draws them; every sitting of the report has its own, the same in every run. */
function prompts(): readonly string[] {
  const { first, pool, draws, oneOf = [] } = FACE_PROMPT_PLAN;
  const given = [first];
  while (given.length <= draws) {
    const owed = given.length === draws && !given.some((one) => oneOf.includes(one));
    const others = (owed ? oneOf : pool).filter((one) => one !== given.at(-1));
    drawn = (drawn * 1_103_515_245 + 12_345) % 2_147_483_648;
    given.push(others[Math.floor((drawn / 2_147_483_648) * others.length)] ?? first);
  }
  return [...given, 'sign'];
}

/** Who draws looks down a little. */
const SIGNING: Moment = { pitch: -8 };

const turned = (angle: number) => ({
  'turn-left': { yaw: angle },
  'turn-right': { yaw: -angle },
  'look-up': { pitch: 0.8 * angle },
  'move-closer': { near: 1.4 },
});

const sit = (
  picture: Camera,
  movements: Readonly<Record<string, Moment>> = MOVEMENTS,
  asked = prompts(),
): Promise<Sitting> => sitFor({ prompts: asked, picture, frames: FRAMES, movements: { ...movements, sign: SIGNING } });

/** What of a sitting is otherwise while the drawing is made. */
async function whileSigning(who: Subject, signing: Camera): Promise<Sitting> {
  const own = camera(who, {});
  const asked = prompts();
  const before = FRAMES * (asked.length - 1);
  return sit((moment, frame) => (frame < before ? own(moment, frame) : signing(moment, frame)), MOVEMENTS, asked);
}

/** One picture, packed anew each time, as a camera does that hangs. */
function frozen(who: Subject): Camera {
  const still = camera(who, {})(SIGNING, 0);
  return async (_, frame) =>
    sharp(await still)
      .jpeg({ quality: 60 + (frame % FRAMES) })
      .toBuffer();
}

const wall: Camera = async (_, frame) =>
  sharp({
    create: {
      width: PORTRAIT_SIDE,
      height: PORTRAIT_SIDE,
      channels: 3,
      background: { r: 60 + 3 * frame, g: 110, b: 120 },
    },
  })
    .jpeg()
    .toBuffer();

/** A recording of the drawing, of another day: a little nearer, and held otherwise. */
function recordedDrawing(who: Subject): Camera {
  const own = camera(who, {});
  return (moment, frame) => own({ ...moment, yaw: (moment.yaw ?? 0) + 3, near: 1.05 * (moment.near ?? 1) }, frame);
}

/** Frames of a sitting under other prompts, committed to as they were asked: what a virtual camera plays. */
function played(frames: readonly FaceFrame[], asked: readonly string[]): Sitting {
  const ends = asked.map((_, step) => (frames.findLast((frame) => frame.step === step)?.t ?? 0) + 200);
  return { frames, challenge: commitTo(asked, frames, ends) };
}

async function otherPrompts(picture: Camera): Promise<Sitting> {
  const [recorded, asked] = [prompts(), prompts()];
  const { frames } = await sit(picture, undefined, recorded);
  return recorded.join() === asked.join() ? otherPrompts(picture) : played(frames, asked);
}

const SPECIES: Readonly<Record<string, (who: Subject, other: Subject) => Promise<Sitting>>> = {
  'bona fide: head of common depth': (who) => sit(camera(who, {})),
  'bona fide: head of four fifths of it': (who) => sit(camera(who, { relief: 0.8 })),
  'print, held still': (who) => sit(camera(who, { relief: 0 }), {}),
  'print, turned by 20 degrees': (who) => sit(camera(who, { relief: 0 }), turned(20)),
  'print, turned by 45 degrees': (who) => sit(camera(who, { relief: 0 }), turned(45)),
  'print with live eyes (cut out), turned by 45': (who) =>
    sit(camera(who, { relief: 0 }), { ...turned(45), blink: { shut: true } }),
  'print, bent, turned by 20 degrees': (who) => sit(camera(who, { relief: 0, bend: 0.7 }), turned(20)),
  'print, wrapped around a head, live eyes, turned by 25': (who) =>
    sit(camera(who, { relief: 0, bend: 1.2 }), { ...turned(25), blink: { shut: true } }),
  'screen with a still, turned by 45 degrees': (who) => sit(camera(who, { relief: 0 }, moire), turned(45)),
  'screen with a video of other prompts': (who) => otherPrompts(camera(who, {}, moire)),
  'replay of an earlier sitting': async (who) => {
    const earlier = await sit(camera(who, {}));
    return { frames: earlier.frames, challenge: (await sit(() => Promise.resolve(new Uint8Array(120)))).challenge };
  },
  'virtual camera: a recording of other prompts': (who) => otherPrompts(camera(who, {})),
  'virtual camera: clips joined, 0.9 eyes and 25 % of size apart': async (who) => {
    const asked = prompts();
    const [one, two] = [camera(who, {}), camera(who, {})];
    return sit(
      (moment, frame) =>
        Math.floor(frame / FRAMES) % 2 === 0
          ? one(moment, frame)
          : two({ ...moment, x: 0.9, near: (moment.near ?? 1) * 1.25 }, frame),
      undefined,
      asked,
    );
  },
  'virtual camera: the right clip chosen while it is asked': (who) => sit(camera(who, {})),
  'somebody else answers the prompts': (who, other) => {
    const [own, others] = [camera(who, {}), camera(other, {})];
    return sit((moment, frame) => (frame < FRAMES ? own(moment, frame) : others(moment, frame)));
  },
  'drawing: somebody else sits there': (who, other) => whileSigning(who, camera(other, {})),
  'drawing: nobody sits there': (who) => whileSigning(who, wall),
  'drawing: one picture of the person, again and again': (who) => whileSigning(who, frozen(who)),
  'drawing: a print of the person, held by hand': (who) => whileSigning(who, camera(who, { relief: 0 })),
  'drawing: a recorded sitting of it is injected': (who) => whileSigning(who, recordedDrawing(who)),
  'drawing: made elsewhere, sent instead of the announced one': (who) => sit(camera(who, {})),
  'drawing: made before its step': (who) => sit(camera(who, {})),
};

/** A drawing as it is sent, and how long it took, ms. */
function drawing(seed: string): { readonly bytes: Uint8Array; readonly lasts: number } {
  const sample = createSigner({ seed: 'report', pointerType: 'finger' }).sign({ sitting: 0, seed });
  const shorter = Math.min(1, 1_200 / (sample.t.at(-1) ?? 1));
  const t = sample.t.map((at) => Math.round(at * shorter));
  return { bytes: Buffer.from(JSON.stringify({ ...sample, t })), lasts: t.at(-1) ?? 0 };
}

/** Says of the drawing in a sitting's last step what its page says before it is sent. */
function announced(species: string, { frames, challenge }: Sitting, seed: string) {
  const { bytes, lasts } = drawing(seed);
  const last = frames.find(({ step }) => step === challenge.steps.length - 1)?.t ?? 0;
  const from = last + (species === 'drawing: made before its step' ? -2_500 : 150);
  const sha256 = createHash('sha256').update(bytes).digest('base64url');
  const sent =
    species === 'drawing: made elsewhere, sent instead of the announced one' ? drawing(`${seed} else`).bytes : bytes;
  return { sent, challenge: { ...challenge, beside: { sha256, from, to: from + lasts } } };
}

async function outcome(frames: readonly FaceFrame[], challenge: CaptureChallenge, sent: Uint8Array): Promise<string> {
  const own = signature.acquire({ mediaType: SIGNATURE_MEDIA_TYPE, bytes: sent }, challenge);
  if (own.pad?.attack === true) return own.pad.species ?? 'attack';
  const bytes = packFaceFrames(frames);
  const { features, findings, pad } = await runner.acquire({ mediaType: FACE_FRAMES_MEDIA_TYPE, bytes }, challenge);
  if (pad?.attack === true) return pad.species ?? 'attack';
  return features === undefined ? (findings[0]?.code ?? 'refused') : 'taken';
}

const files = (await readdir(values.data)).filter((name) => /_0001\.jpe?g$|^[^_]*\.jpe?g$/i.test(name)).sort();
const subjects: Subject[] = [];
const stride = Math.max(1, Math.floor(files.length / (2 * Number(values.people))));
for (let i = 0; i < files.length && subjects.length < Number(values.people); i += stride) {
  const one = await subject(join(values.data, files[i] ?? ''));
  if (one !== undefined) subjects.push(one);
}
const table: Record<string, Record<string, number>> = {};
const wanted = new RegExp(values.species);
for (const [species, make] of Object.entries(SPECIES)) {
  if (!wanted.test(species)) continue;
  const counts: Record<string, number> = {};
  table[species] = counts;
  for (const [i, who] of subjects.entries()) {
    const sitting = await make(who, subjects[(i + 1) % subjects.length] ?? who);
    const { sent, challenge } = announced(species, sitting, `${species} ${i}`);
    const what = await outcome(sitting.frames, challenge, sent);
    counts[what] = (counts[what] ?? 0) + 1;
  }
  const taken = counts['taken'] ?? 0;
  const [low, high] = interval(taken, subjects.length);
  process.stdout.write(
    `${species.padEnd(64)} taken ${taken}/${subjects.length} (95 %: ${percent(low)} to ${percent(high)})  ${JSON.stringify(counts)}\n`,
  );
}
if (values.json !== undefined)
  await writeFile(values.json, `${JSON.stringify({ people: subjects.length, table }, null, 2)}\n`);
