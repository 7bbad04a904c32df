import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawPortrait, PORTRAIT_EYES, PORTRAIT_SIDE, Puppet, type HeadPose, type Photo } from '@asignio/testkit';
import sharp from 'sharp';

/** What Chromium plays of a motion JPEG, frames a second. */
const RATE = 30;
/** Every so many frames the head is drawn anew: drawing costs, and nobody sees more. */
const EVERY = 3;

/** A moment of a film: how the head is held, and whether the eyes are shut. */
type Moment = HeadPose & { readonly shut?: boolean };

/** The person does everything that can be asked for, over and over. */
const ALL: readonly (readonly [seconds: number, to: Moment])[] = [
  [1.6, {}],
  ...([{ yaw: 22 }, { yaw: -22 }, { pitch: 18 }, { near: 1.5 }, { shut: true }] satisfies readonly Moment[]).flatMap(
    (to) =>
      [
        [0.5, to],
        [0.6, to],
        [0.5, {}],
        [0.5, {}],
      ] as const,
  ),
];

/** How somebody sits in front of the camera; the light is a share of the portrait's. */
export interface Sitting extends HeadPose {
  readonly light?: number;
}

/** A film in a file that Chromium plays as its camera. */
export interface Film {
  readonly path: string;
  /** Arguments that make Chromium show it, with leave given. */
  readonly args: readonly string[];
  /**
   * The same person sits down anew, and is filmed from the next start of the camera on, which begins with the film's first
   * picture. Nobody sits twice in one way, and pictures that are too alike are copies.
   */
  sitAgain(sitting: Sitting): Promise<void>;
  remove(): Promise<void>;
}

/** Times that all is done in one film, each with grain of its own: no camera takes the same picture twice. */
const ROUNDS = 4;

/** Films somebody who does not exist. */
export async function film(seed: string): Promise<Film> {
  const [open, shut] = await Promise.all([portrait(seed, 0), portrait(seed, 1)]);
  const folder = await mkdtemp(join(tmpdir(), 'asignio-film-'));
  const path = join(folder, 'film.mjpeg');
  let taken = 0;
  const shoot = async ({ light = 1, ...sitting }: Sitting): Promise<void> => {
    const frames: Buffer[] = [];
    let from: Moment = {};
    for (const [seconds, to] of Array.from({ length: ROUNDS }, () => ALL).flat()) {
      const count = Math.round(seconds * RATE);
      let frame: Buffer | undefined;
      for (let i = 0; i < count; i += 1) {
        if (frame === undefined || i % EVERY === 0) {
          const pose = held(sitting, between(from, to, i / count));
          frame = await shown(to.shut ? shut : open, pose, { light, grain: (taken += 1) });
        }
        frames.push(frame);
      }
      from = to;
    }
    await writeFile(path, Buffer.concat(frames));
  };
  await shoot({});
  return {
    path,
    args: [
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${path}`,
    ],
    sitAgain: shoot,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function portrait(seed: string, shut: number): Promise<Puppet> {
  const drawn = sharp(Buffer.from(drawPortrait({ seed, shut }))).removeAlpha();
  const data = new Uint8Array(await drawn.raw().toBuffer());
  return new Puppet({ width: PORTRAIT_SIDE, height: PORTRAIT_SIDE, data }, { eyes: PORTRAIT_EYES });
}

function between(from: Moment, to: Moment, share: number): HeadPose {
  const mix = (a = 0, b = 0): number => a + (b - a) * share;
  return {
    yaw: mix(from.yaw, to.yaw),
    pitch: mix(from.pitch, to.pitch),
    near: mix(from.near ?? 1, to.near ?? 1),
  };
}

/** A movement of somebody who sits in a way of their own. */
function held(sitting: HeadPose, movement: HeadPose): HeadPose {
  return {
    ...sitting,
    yaw: (sitting.yaw ?? 0) + (movement.yaw ?? 0),
    pitch: (sitting.pitch ?? 0) + (movement.pitch ?? 0),
    near: (sitting.near ?? 1) * (movement.near ?? 1),
  };
}

const drawn = new WeakMap<Puppet, Map<string, Photo>>();

function shown(
  puppet: Puppet,
  pose: HeadPose,
  { light, grain }: { readonly light: number; readonly grain: number },
): Promise<Buffer> {
  const known = drawn.get(puppet) ?? new Map<string, Photo>();
  drawn.set(puppet, known);
  const key = JSON.stringify(pose);
  const photo = known.get(key) ?? puppet.show(pose);
  known.set(key, photo);
  const { width, height } = photo;
  const data = photo.data.map((value, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return Math.max(
      0,
      Math.min(255, light * value + 4 * Math.sin(grain * 1.7 + x / 19) * Math.cos(grain * 0.6 + y / 23)),
    );
  });
  // Chromium wants 4:2:0, and a size that cameras have.
  return sharp(data, { raw: { width, height, channels: 3 } })
    .extend({ left: 80, right: 80, background: '#808e96' })
    .jpeg({ quality: 90, chromaSubsampling: '4:2:0' })
    .toBuffer();
}
