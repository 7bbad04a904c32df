/** 8-bit RGB, row after row. */
export interface Photo {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** How a head is held. Left and right are the person's own. */
export interface HeadPose {
  /** Degrees to the person's left. */
  readonly yaw?: number;
  /** Degrees up. */
  readonly pitch?: number;
  /** Degrees; clockwise for who looks at the picture. */
  readonly roll?: number;
  /** Times nearer than in the portrait. */
  readonly near?: number;
  /** Where the head is, in distances of the eyes, right and down for who looks at the picture. */
  readonly x?: number;
  readonly y?: number;
}

/** What the head is made of. */
export interface PuppetOptions {
  /** Where the eyes are in the portrait. */
  readonly eyes: { readonly x: number; readonly y: number; readonly apart: number };
  /** 1: as deep as a head. 0: a flat print. @default 1 */
  readonly relief?: number;
  /** How far a flat print is bent around an upright cylinder, radians from middle to a face's side. @default 0 */
  readonly bend?: number;
}

/** Distance of the camera in the portrait, in distances of the eyes: about 45 cm, held in a hand. */
const AWAY = 7;
/** Half width, half height and depth of a head, in distances of the eyes, and how far its middle is below them. */
const HEAD = { wide: 1.35, high: 2, deep: 1.25, below: 0.35 } as const;
/** Height of the nose's tip, how far it is below the eyes, and how wide a nose is. */
const NOSE = { high: 0.32, below: 0.72, wide: 0.17 } as const;
/** Side of a cell of the mesh, px of the portrait. */
const CELL = 4;
const WALL: readonly [number, number, number] = [128, 142, 150];

/**
 * A head made of one portrait: its pixels on a surface with the relief of a head, or on a flat or bent sheet, seen by a
 * camera. With relief it stands for a person in front of a camera as far as geometry goes; without, it is an attack with
 * a print.
 */
export class Puppet {
  private readonly portrait: Photo;
  private readonly options: Required<PuppetOptions>;

  constructor(portrait: Photo, options: PuppetOptions) {
    this.portrait = portrait;
    this.options = { relief: 1, bend: 0, ...options };
  }

  /** Where a place of the portrait is seen, px. */
  place(x: number, y: number, pose: HeadPose): { x: number; y: number; away: number } {
    const { eyes, bend } = this.options;
    const u = (x - eyes.x) / eyes.apart;
    const v = (y - eyes.y) / eyes.apart;
    const curve = bend === 0 ? 0 : HEAD.wide / bend;
    const point: Vector =
      bend === 0 ? [u, v, this.depth(u, v)] : [curve * Math.sin(u / curve), v, curve * (Math.cos(u / curve) - 1)];
    const { near = 1, x: dx = 0, y: dy = 0 } = pose;
    const [rx, ry, rz] = turned(point, pose);
    const away = AWAY / near - rz;
    const focal = AWAY * eyes.apart;
    return { x: eyes.x + (focal * (rx + dx)) / away, y: eyes.y + (focal * (ry + dy)) / away, away };
  }

  /** The picture of a pose, as large as the portrait. */
  show(pose: HeadPose): Photo {
    const { width, height } = this.portrait;
    const data = new Uint8Array(3 * width * height);
    for (let i = 0; i < data.length; i++) data[i] = WALL[i % 3] ?? 0;
    const nearest = new Float32Array(width * height).fill(Number.POSITIVE_INFINITY);
    const columns = Math.ceil((width - 1) / CELL);
    const rows = Math.ceil((height - 1) / CELL);
    const at = (column: number, row: number): Corner => {
      const [u, v] = [Math.min(width - 1, column * CELL), Math.min(height - 1, row * CELL)];
      return { ...this.place(u, v, pose), u, v };
    };
    let above = Array.from({ length: columns + 1 }, (_, column) => at(column, 0));
    for (let row = 1; row <= rows; row++) {
      const below = Array.from({ length: columns + 1 }, (_, column) => at(column, row));
      for (let column = 0; column < columns; column++) {
        const [a, b, c, d] = [above[column]!, above[column + 1]!, below[column]!, below[column + 1]!];
        this.triangle([a, b, c], data, nearest);
        this.triangle([b, d, c], data, nearest);
      }
      above = below;
    }
    return { width, height, data };
  }

  /** How far a place is in front of the eyes, in distances of the eyes. */
  private depth(u: number, v: number): number {
    const along = v < NOSE.below ? Math.max(0, v / NOSE.below) : Math.max(0, 1 - (v - NOSE.below) / 0.22);
    const nose = NOSE.high * along * Math.exp(-((u / NOSE.wide) ** 2));
    return this.options.relief * (skull(u, v) - skull(0.5, 0) + nose);
  }

  private triangle(corners: readonly [Corner, Corner, Corner], data: Uint8Array, nearest: Float32Array): void {
    const { width, height } = this.portrait;
    const [a, b, c] = corners;
    const area = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y);
    // Seen from behind, or from the side.
    if (area <= 1e-9 || corners.some(({ away }) => away <= 0.5)) return;
    const left = Math.max(0, Math.ceil(Math.min(a.x, b.x, c.x)));
    const right = Math.min(width - 1, Math.floor(Math.max(a.x, b.x, c.x)));
    const top = Math.max(0, Math.ceil(Math.min(a.y, b.y, c.y)));
    const bottom = Math.min(height - 1, Math.floor(Math.max(a.y, b.y, c.y)));
    for (let y = top; y <= bottom; y++)
      for (let x = left; x <= right; x++) {
        const wb = ((x - a.x) * (c.y - a.y) - (c.x - a.x) * (y - a.y)) / area;
        const wc = ((b.x - a.x) * (y - a.y) - (x - a.x) * (b.y - a.y)) / area;
        const wa = 1 - wb - wc;
        if (wa < -1e-6 || wb < -1e-6 || wc < -1e-6) continue;
        const away = wa * a.away + wb * b.away + wc * c.away;
        const to = y * width + x;
        if (away >= nearest[to]!) continue;
        nearest[to] = away;
        this.sample(wa * a.u + wb * b.u + wc * c.u, wa * a.v + wb * b.v + wc * c.v, data, 3 * to);
      }
  }

  /** A place of the portrait, bilinear. */
  private sample(u: number, v: number, data: Uint8Array, to: number): void {
    const { width, height, data: from } = this.portrait;
    const x = Math.min(width - 1.001, Math.max(0, u));
    const y = Math.min(height - 1.001, Math.max(0, v));
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const [fx, fy] = [x - left, y - top];
    const at = 3 * (top * width + left);
    for (let c = 0; c < 3; c++) {
      const above = from[at + c]! * (1 - fx) + from[at + 3 + c]! * fx;
      const below = from[at + 3 * width + c]! * (1 - fx) + from[at + 3 * width + 3 + c]! * fx;
      data[to + c] = above * (1 - fy) + below * fy;
    }
  }
}

/** How far a head without a nose reaches forward, in distances of the eyes. */
function skull(u: number, v: number): number {
  return HEAD.deep * Math.sqrt(Math.max(0, 1 - (u / HEAD.wide) ** 2 - ((v - HEAD.below) / HEAD.high) ** 2));
}

type Vector = readonly [number, number, number];

interface Corner {
  readonly x: number;
  readonly y: number;
  readonly away: number;
  /** Where it is in the portrait, px. */
  readonly u: number;
  readonly v: number;
}

/** Turns a point about the middle of the head: first up, then to the side, then over. */
function turned([x, y, z]: Vector, { yaw = 0, pitch = 0, roll = 0 }: HeadPose): Vector {
  const radians = Math.PI / 180;
  const [sy, cy] = [Math.sin(yaw * radians), Math.cos(yaw * radians)];
  const [sp, cp] = [Math.sin(pitch * radians), Math.cos(pitch * radians)];
  const [sr, cr] = [Math.sin(roll * radians), Math.cos(roll * radians)];
  // The neck is behind and below the eyes.
  const [nx, ny, nz] = [x, y - 0.9, z + 1.1];
  const [uy, uz] = [ny * cp - nz * sp, ny * sp + nz * cp];
  const [sx, sz] = [nx * cy + uz * sy, uz * cy - nx * sy];
  return [sx * cr - uy * sr, sx * sr + uy * cr + 0.9, sz - 1.1];
}
