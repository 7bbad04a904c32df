/*
 * How often a sitting of one piece is called spliced, and how often one that is put together is not:
 *   node packages/engine/.test/face/pad/cuts.js [--people N] [--views FILE] [--json FILE]
 * Sittings are movies of puppets (movie.ts), looked at by the networks of the pack `npm`; FILE keeps what was seen, and
 * several, with commas between, are counted together.
 */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { defaultModelsFolder } from '#src/models/folder.js';
import { NPM_PACK } from '#src/models/packs/npm.js';
import { openPack } from '#src/modality/face/model/pack.js';
import { observe } from '#src/modality/face/observe.js';
import { isContinuous } from '#src/modality/face/pad/continuity.js';
import { eyesApart, middle } from '#src/modality/face/pad/shape.js';
import type { FrameView } from '#src/modality/face/pad/types.js';
import { decodePicture } from '#src/modality/face/preprocess/decode.js';
import { lens, MANNERS, timetable, type Manner } from './movie.ts';
import { drawPrompts } from './draw.ts';
import { interval, percent } from './rates.ts';
import { generator } from './sequence.ts';

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '12' },
    from: { type: 'string', default: '0' },
    manners: { type: 'string', default: MANNERS.join() },
    views: { type: 'string' },
    json: { type: 'string' },
  },
});

interface Sitting {
  readonly person: number;
  readonly manner: Manner;
  readonly prompts: readonly string[];
  readonly frames: readonly FrameView[];
}

async function film(people: number): Promise<readonly Sitting[]> {
  const networks = await openPack(NPM_PACK, defaultModelsFolder());
  const all: Sitting[] = [];
  for (let person = Number(values.from); person < Number(values.from) + people; person++)
    for (const [i, manner] of MANNERS.entries()) {
      if (!values.manners.split(',').includes(manner)) continue;
      const prompts = [...drawPrompts(97 * person + i), 'sign'];
      const picture = await lens(`cut ${person}`, MANNERS.length * person + i);
      const frames: FrameView[] = [];
      for (const shown of timetable(prompts, manner, person)) {
        const bytes = await picture(shown);
        const decoded = await decodePicture({ mediaType: 'image/jpeg', bytes });
        const { seen } = await observe(decoded, networks, NPM_PACK);
        const { step, t } = shown;
        const digest = new Uint8Array();
        if (seen === undefined) {
          frames.push({ step, t, digest });
          continue;
        }
        const { landmarks, measures, eyes, scene } = seen;
        frames.push({
          step,
          t,
          digest,
          face: {
            landmarks,
            pose: measures.pose,
            eyes,
            light: measures.light,
            ...(scene === undefined ? {} : { scene }),
          },
        });
      }
      all.push({ person, manner, prompts, frames });
      process.stderr.write(`${person} ${manner} ${frames.length}\n`);
      if (values.views !== undefined) await writeFile(values.views, JSON.stringify(all));
    }
  return all;
}

const { views } = values;
const sittings =
  views !== undefined && views.split(',').every((file) => existsSync(file))
    ? (
        await Promise.all(views.split(',').map(async (file) => JSON.parse(await readFile(file, 'utf8')) as Sitting[]))
      ).flat()
    : await film(Number(values.people));

/** What a clip has otherwise than the one before it. */
interface Otherwise {
  /** In distances of the eyes. */
  readonly x?: number;
  readonly near?: number;
  /** By how much the face, and what is around it, are lighter. */
  readonly face?: number;
  readonly scene?: number;
}

function changed(frame: FrameView, { x = 0, near = 1, face: lit = 1, scene: around = 1 }: Otherwise): FrameView {
  const { face } = frame;
  if (face === undefined) return frame;
  const apart = eyesApart(face.landmarks);
  const home = middle(face.landmarks, 0, 68);
  const landmarks = face.landmarks.map((place) => ({
    x: home.x + (place.x - home.x) * near + x * apart,
    y: home.y + (place.y - home.y) * near,
  }));
  const scene = face.scene === undefined ? {} : { scene: face.scene * around };
  return { ...frame, face: { ...face, landmarks, light: face.light * lit, ...scene } };
}

/** Clips of one person, each of another sitting, put one after another as they are asked for. */
function joined(own: readonly Sitting[], seed: number, otherwise: Otherwise): Pick<Sitting, 'prompts' | 'frames'> {
  const random = generator(seed);
  const prompts = drawPrompts(seed);
  const frames: FrameView[] = [];
  let last = -1;
  let at = 0;
  for (const [step, prompt] of prompts.entries()) {
    const clips = own.flatMap((sitting, i) => {
      const taken = sitting.prompts.flatMap((one, k) => (one === prompt ? [{ i, k, sitting }] : []));
      return i === last ? [] : taken;
    });
    const clip = clips[Math.floor(random() * clips.length)];
    if (clip === undefined) return { prompts: [], frames: [] };
    last = clip.i;
    const shown = clip.sitting.frames.filter((frame) => frame.step === clip.k);
    const [first] = shown;
    for (const frame of shown)
      frames.push({ ...changed(frame, step % 2 === 1 ? otherwise : {}), step, t: at + frame.t - (first?.t ?? 0) });
    at = (frames.at(-1)?.t ?? 0) + Math.round(200 + 160 * random());
  }
  return { prompts, frames };
}

const CUTS: Readonly<Record<string, Otherwise>> = {
  'clips of one place on different days': {},
  '25 % of size apart': { near: 1.25 },
  '40 % of size apart': { near: 1.4 },
  '0.9 eyes apart': { x: 0.9 },
  '0.9 eyes and 25 % of size apart': { x: 0.9, near: 1.25 },
  '1.6 eyes apart': { x: 1.6 },
  'another lamp: the face alone by a third darker': { face: 0.66 },
  'by a quarter darker as a whole': { face: 0.75, scene: 0.75 },
  'by half darker as a whole': { face: 0.5, scene: 0.5 },
};

const table: Record<string, { readonly spliced: number; readonly of: number }> = {};
const tell = (what: string, verdicts: readonly boolean[]): void => {
  const spliced = verdicts.filter((continuous) => !continuous).length;
  table[what] = { spliced, of: verdicts.length };
  const [low, high] = interval(spliced, verdicts.length).map(percent);
  process.stdout.write(`${what.padEnd(52)} spliced ${spliced}/${verdicts.length} (95 %: ${low} to ${high})\n`);
};
for (const manner of MANNERS) {
  const own = sittings.filter((sitting) => sitting.manner === manner);
  if (own.length > 0)
    tell(
      `of one piece, ${manner}`,
      own.map(({ frames, prompts }) => isContinuous(frames, prompts)),
    );
}
const people = [...new Set(sittings.map(({ person }) => person))];
for (const [what, otherwise] of Object.entries(CUTS)) {
  const usable =
    otherwise.face === undefined ? sittings : sittings.filter(({ frames }) => frames[0]?.face?.scene !== undefined);
  tell(
    `joined: ${what}`,
    people.flatMap((person) =>
      [0, 1, 2, 3, 4].flatMap((again) => {
        const own = usable.filter((sitting) => sitting.person === person);
        const { frames, prompts } = joined(own, 31 * person + again, otherwise);
        return frames.length === 0 ? [] : [isContinuous(frames, prompts)];
      }),
    ),
  );
}
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(table, null, 2)}\n`);
