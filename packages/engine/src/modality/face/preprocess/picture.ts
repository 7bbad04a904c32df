import { Board } from '../../../kernel/board.ts';
import type { BoardPicture } from '../../../kernel/board.ts';

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

/**
 * A picture and its halves, made when they are asked for: what is drawn much smaller is taken from a half, so that nothing
 * is skipped. They lie in a board's memory, which others get when the pyramid is wiped.
 */
export class Pyramid<P extends Picture = Picture> {
  readonly picture: P;
  readonly board = Board.take();
  private readonly levels: BoardPicture[];
  private wiped = false;

  constructor(picture: P) {
    this.picture = picture;
    this.levels = [this.board.picture(picture)];
  }

  /** The largest level at which a step of `scale` px in the picture is shorter than two px; and how often it was halved. */
  at(scale: number): { readonly picture: BoardPicture; readonly halvings: number } {
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
    if (this.wiped) return;
    this.wiped = true;
    this.picture.data.fill(0);
    this.board.giveBack();
  }

  private level(index: number): BoardPicture {
    while (this.levels.length <= index) this.levels.push(this.board.halve(this.levels.at(-1)!));
    return this.levels[index]!;
  }
}
