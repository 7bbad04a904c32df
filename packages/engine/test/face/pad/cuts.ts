/*
 * How often a sitting of one piece is called spliced, and how often one that is put together is not:
 *   node packages/engine/.test/face/pad/cuts.js [--people N] [--views FILE] [--json FILE]
 * Sittings are movies of puppets (movie.ts), looked at by the networks of the pack `npm`; FILE keeps what was seen.
 */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { defaultModelsFolder } from '#src/models/folder.js';
import { NPM_PACK } from '#src/models/packs/npm.js';
import { openPack } from '#src/modality/face/model/pack.js';
import { observe } from '#src/modality/face/observe.js';
import { sceneLight } from '#src/modality/face/pad/scene.js';
import type { FrameView } from '#src/modality/face/pad/types.js';
import { decodePicture } from '#src/modality/face/preprocess/decode.js';
import { lens, MANNERS, timetable, type Manner } from './movie.ts';
import { drawPrompts } from './draw.ts';

const { values } = parseArgs({
  options: { people: { type: 'string', default: '12' }, views: { type: 'string' }, json: { type: 'string' } },
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
  for (let person = 0; person < people; person++)
    for (const [i, manner] of MANNERS.entries()) {
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
        const { landmarks, measures, eyes } = seen;
        const scene = sceneLight(decoded, landmarks);
        frames.push({
          step,
          t,
          digest,
          face: { landmarks, pose: measures.pose, eyes, light: measures.light, ...(scene === undefined ? {} : { scene }) },
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
  views !== undefined && existsSync(views)
    ? (JSON.parse(await readFile(views, 'utf8')) as readonly Sitting[])
    : await film(Number(values.people));
process.stdout.write(`${sittings.length}\n`);
