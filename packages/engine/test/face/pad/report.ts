/*
 * Presentation attacks that can be made without a laboratory, counted species by species:
 *   node packages/engine/.test/face/pad/report.js --data FOLDER [--people N] [--json FILE]
 * FOLDER holds one JPEG a person. Heads are puppets made of the pictures: what is said of them is said of geometry and of
 * the protocol, not of skin, paper and glass.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FACE_FRAMES_MEDIA_TYPE, packFaceFrames } from '@asignio/contracts';
import type { CaptureChallenge, FaceFrame } from '@asignio/contracts';
import { PORTRAIT_EYES, PORTRAIT_SIDE, Puppet, commitTo, sitFor } from '@asignio/testkit';
import type { Moment, Photo, PuppetOptions, Sitting } from '@asignio/testkit';
import sharp from 'sharp';
import { defaultModelsFolder } from '#src/models/folder.js';
import { NPM_PACK } from '#src/models/packs/npm.js';
import { openPack } from '#src/modality/face/model/pack.js';
import { observe } from '#src/modality/face/observe.js';
import { faceRunner } from '#src/modality/face/index.js';
import { FACE_PROMPT_PLAN } from '#src/modality/face/pad/plan.js';
import { eyesApart, middle } from '#src/modality/face/pad/shape.js';
import { decodePicture } from '#src/modality/face/preprocess/decode.js';
import { parse } from 'node:path';

const { values } = parseArgs({
  options: { data: { type: 'string' }, people: { type: 'string', default: '24' }, json: { type: 'string' } },
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
  return given;
}

const turned = (angle: number) => ({
  'turn-left': { yaw: angle },
  'turn-right': { yaw: -angle },
  'look-up': { pitch: 0.8 * angle },
  'move-closer': { near: 1.4 },
});

const sit = (picture: Camera, movements?: Readonly<Record<string, Moment>>, asked = prompts()): Promise<Sitting> =>
  sitFor({ prompts: asked, picture, frames: FRAMES, ...(movements === undefined ? {} : { movements }) });

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
};

async function outcome(frames: readonly FaceFrame[], challenge: CaptureChallenge): Promise<string> {
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
for (const [species, make] of Object.entries(SPECIES)) {
  const counts: Record<string, number> = {};
  table[species] = counts;
  for (const [i, who] of subjects.entries()) {
    const { frames, challenge } = await make(who, subjects[(i + 1) % subjects.length] ?? who);
    const what = await outcome(frames, challenge);
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

/** Wilson's score interval at 95 %. */
function interval(hits: number, count: number): readonly [number, number] {
  const [z, p] = [1.96, hits / count];
  const middleOf = (p + z ** 2 / (2 * count)) / (1 + z ** 2 / count);
  const half = (z / (1 + z ** 2 / count)) * Math.sqrt((p * (1 - p)) / count + z ** 2 / (4 * count ** 2));
  return [Math.max(0, middleOf - half), Math.min(1, middleOf + half)];
}

function percent(rate: number): string {
  return `${(100 * rate).toFixed(1)} %`;
}
