import { AsignioError } from '@asignio/contracts';
import { instantiate } from './module.ts';

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly halve: (from: number, width: number, height: number, to: number) => void;
  readonly drawTurned: (
    from: number,
    w: number,
    h: number,
    a: number,
    b: number,
    x0: number,
    y0: number,
    red: number,
    plane: number,
    columns: number,
    rows: number,
    stride: number,
    scale: number,
    offset: number,
  ) => void;
  readonly drawUpright: (
    from: number,
    w: number,
    h: number,
    step: number,
    x0: number,
    y0: number,
    red: number,
    plane: number,
    columns: number,
    rows: number,
    stride: number,
    scale: number,
    offset: number,
    work: number,
  ) => void;
  readonly lay: (
    from: number,
    to: number,
    width: number,
    height: number,
    mean: number,
    scale: number,
    flip: number,
  ) => void;
}

/** A picture in a board's memory: 8-bit RGB, row after row. */
export interface BoardPicture {
  /** Where it begins, bytes. */
  readonly at: number;
  readonly width: number;
  readonly height: number;
}

/** From a pixel of what is drawn to its place in a picture: `x = a u - b v + x0`, `y = b u + a v + y0`. */
export interface Placing {
  readonly a: number;
  readonly b: number;
  readonly x0: number;
  readonly y0: number;
}

/** What is drawn: planes of floats. Beyond `columns` and `rows`, as beyond the picture's border, pixels are black. */
export interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly rows: number;
  readonly colour: 'rgb' | 'bgr';
  /** A pixel of 0-255 becomes `value * scale + offset`. */
  readonly scale: number;
  readonly offset: number;
}

/** How planes of red, green, blue, 0-255, are laid out for a network: `(value - mean) / std`. */
export interface Layout {
  readonly colour: 'rgb' | 'bgr';
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

const PAGE = 65_536;
/** The kernel has no data of its own. */
const START = 1024;
/** Bytes behind each area that the kernel may read and write. */
const BEYOND = 32;
const FARTHEST = 2 ** 30;
const MOST_IDLE = 2;
const idle: Board[] = [];

/**
 * Memory of a compiled kernel, WebAssembly with 128-bit SIMD, in which pictures are halved and drawn into what networks
 * read. It is kept from picture to picture, so that none asks the machine for megabytes; what was in it is overwritten when it
 * is given back (R28).
 */
export class Board {
  private readonly kernel: Exports;
  /** Bytes that hold something until the board is given back, and all that was ever written since it was taken. */
  private kept = START;
  private written = START;

  private constructor() {
    try {
      this.kernel = instantiate('draw') as Exports;
    } catch {
      throw new AsignioError('ASIGNIO_ENGINE_FAILED', 'Faces need WebAssembly with SIMD, which is not to be had here');
    }
  }

  /**
   * A board of its own for whoever calls, until {@link giveBack}.
   * @throws AsignioError `ASIGNIO_ENGINE_FAILED` where the kernel is missing or the machine has no SIMD.
   */
  static take(): Board {
    return idle.pop() ?? new Board();
  }

  /** Overwrites what was written, and lets others have the board. What it gave away must not be used any more. */
  giveBack(): void {
    new Uint8Array(this.kernel.memory.buffer, START, this.written - START).fill(0);
    this.kept = START;
    this.written = START;
    if (idle.length < MOST_IDLE) idle.push(this);
  }

  /** Takes in a picture. */
  picture({ width, height, data }: { readonly width: number; readonly height: number; readonly data: Uint8Array }) {
    const at = this.keep(3 * width * height);
    new Uint8Array(this.kernel.memory.buffer, at, data.length).set(data);
    return { at, width, height } satisfies BoardPicture;
  }

  /** Half the size, each pixel the mean of four; an odd last row or column is left out. */
  halve({ at, width, height }: BoardPicture): BoardPicture {
    const half = { width: width >> 1, height: height >> 1 };
    const to = this.keep(3 * half.width * half.height);
    this.kernel.halve(at, width, height, to);
    return { at: to, ...half };
  }

  /** Draws part of a picture anew, bilinear. What comes back is good until the board's next call. */
  draw({ at, width: w, height: h }: BoardPicture, placing: Placing, sheet: Sheet): Float32Array {
    const { width, height, scale, offset } = sheet;
    const [columns, rows] = [Math.min(width, sheet.columns), Math.min(height, sheet.rows)];
    const plane = 4 * width * height;
    const planes = this.sheet(3 * width * height, 8 * columns + 12 * (w + 8));
    const near = isNear(placing, columns, rows);
    if (!near || columns < width || rows < height) planes.fill(offset);
    if (!near) return planes;
    const { a, b, x0, y0 } = placing;
    const { kernel } = this;
    const start = planes.byteOffset;
    const [red, step] = sheet.colour === 'rgb' ? [start, plane] : [start + 2 * plane, -plane];
    if (b === 0)
      kernel.drawUpright(at, w, h, a, x0, y0, red, step, columns, rows, 4 * width, scale, offset, start + 3 * plane);
    else kernel.drawTurned(at, w, h, a, b, x0, y0, red, step, columns, rows, 4 * width, scale, offset);
    return planes;
  }

  /** Takes in planes of red, green, blue. */
  planes(data: Float32Array): number {
    const at = this.keep(4 * data.length);
    new Float32Array(this.kernel.memory.buffer, at, data.length).set(data);
    return at;
  }

  /** Lays out planes of such a size, or what a mirror shows of them. What comes back is good until the board's next call. */
  lay(at: number, width: number, height: number, { colour, mean, std }: Layout, flip: boolean): Float32Array {
    const plane = width * height;
    const laid = this.sheet(3 * plane);
    for (let c = 0; c < 3; c++) {
      const from = at + 4 * plane * (colour === 'rgb' ? c : 2 - c);
      this.kernel.lay(from, laid.byteOffset + 4 * plane * c, width, height, mean[c]!, 1 / std[c]!, flip ? 1 : 0);
    }
    return laid;
  }

  private keep(bytes: number): number {
    const at = this.kept;
    this.kept = this.reach(at + bytes);
    return at;
  }

  /** Floats behind all that is kept, and some bytes behind them. */
  private sheet(floats: number, more = 0): Float32Array {
    this.reach(this.kept + 4 * floats + more);
    return new Float32Array(this.kernel.memory.buffer, this.kept, floats);
  }

  /** Sees to it that there is memory up to here, and some beyond. @returns where the next area may begin */
  private reach(end: number): number {
    const next = Math.ceil((end + BEYOND) / 64) * 64;
    const { memory } = this.kernel;
    const missing = next - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    this.written = Math.max(this.written, next);
    return next;
  }
}

/** Whether all places are near enough for the kernel, px. Beyond there is no picture. */
function isNear({ a, b, x0, y0 }: Placing, columns: number, rows: number): boolean {
  return [0, columns].every((u) =>
    [0, rows].every((v) => Math.abs(a * u - b * v + x0) < FARTHEST && Math.abs(b * u + a * v + y0) < FARTHEST),
  );
}
