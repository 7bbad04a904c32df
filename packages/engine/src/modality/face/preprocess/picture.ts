/** A decoded picture: 8-bit RGB, row after row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A picture as it was decoded: so many px of the file became one. */
export interface DecodedPicture extends Picture {
  readonly shrunk: number;
}

/** A place in a picture, px; whole numbers are the middles of pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Half the size, each pixel the mean of four; an odd last row or column is left out. */
function halved({ width, height, data }: Picture): Picture {
  const [w, h] = [width >> 1, height >> 1];
  const out = new Uint8Array(3 * w * h);
  for (let y = 0, to = 0; y < h; y++) {
    let from = 6 * y * width;
    let below = from + 3 * width;
    for (let x = 0; x < w; x++, from += 6, below += 6, to += 3) {
      out[to] = (data[from]! + data[from + 3]! + data[below]! + data[below + 3]! + 2) >> 2;
      out[to + 1] = (data[from + 1]! + data[from + 4]! + data[below + 1]! + data[below + 4]! + 2) >> 2;
      out[to + 2] = (data[from + 2]! + data[from + 5]! + data[below + 2]! + data[below + 5]! + 2) >> 2;
    }
  }
  return { width: w, height: h, data: out };
}

/** A picture and its halves, made when they are asked for: what is drawn much smaller is taken from a half, so that nothing is skipped. */
export class Pyramid {
  private readonly levels: Picture[];

  constructor(picture: Picture) {
    this.levels = [picture];
  }

  get picture(): Picture {
    return this.levels[0]!;
  }

  /** The largest level at which a step of `scale` px in the picture is shorter than two px; and how often it was halved. */
  at(scale: number): { readonly picture: Picture; readonly halvings: number } {
    let halvings = 0;
    for (let step = scale; step >= 2; step /= 2) {
      const { width, height } = this.level(halvings);
      if (width < 2 || height < 2) break;
      halvings++;
    }
    return { picture: this.level(halvings), halvings };
  }

  /** Overwrites every level. */
  wipe(): void {
    for (const { data } of this.levels) data.fill(0);
  }

  private level(index: number): Picture {
    while (this.levels.length <= index) this.levels.push(halved(this.levels.at(-1)!));
    return this.levels[index]!;
  }
}
