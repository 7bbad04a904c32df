import { warp } from '../../preprocess/warp.ts';
import type { Point, Pyramid } from '../../preprocess/picture.ts';
import type { Network } from '../network.ts';
import { suppress } from './detector.ts';
import type { Detection, Detector } from './detector.ts';

const SIDE = 256;
/** Rows and columns of places, boxes at each, and the outputs that hold them. */
const GRIDS = [
  { cells: 16, boxes: 2, scores: 'scores16', numbers: 'boxes16' },
  { cells: 8, boxes: 6, scores: 'scores8', numbers: 'boxes8' },
] as const;
const NUMBERS = 16;
const OVERLAP = 0.3;

/** Border of the second look, in parts of the longer side: a face that fills the picture is smaller in it. */
const BORDER = 0.25;
/** Scores at which a face is found, found for sure so that no second look is taken, and taken where there is nothing better. */
const SCORES = { found: 0.5, sure: 0.8, least: 0.2 } as const;

/**
 * BlazeFace's boxes and its six points: eyes, nose, mouth, ears. Where the first look shows no face for sure, a second one
 * with a border is taken, and what both show counts.
 */
export function blazefaceDetector(network: Network): Detector {
  return async (pyramid) => {
    const first = await look(network, pyramid, 0);
    if (first.some(({ score }) => score >= SCORES.sure)) return first.filter(({ score }) => score >= SCORES.found);
    const both = suppress([...first, ...(await look(network, pyramid, BORDER))], OVERLAP);
    const found = both.filter(({ score }) => score >= SCORES.found);
    return found.length > 0 ? found : both;
  };
}

async function look(network: Network, pyramid: Pyramid, border: number): Promise<readonly Detection[]> {
  const { width, height } = pyramid.picture;
  const scale = (Math.max(width, height) * (1 + 2 * border)) / SIDE;
  // The picture's middle is the input's.
  const x0 = width / 2 - 0.5 - ((SIDE - 1) / 2) * scale;
  const y0 = height / 2 - 0.5 - ((SIDE - 1) / 2) * scale;
  const input = warp(pyramid, { a: scale, b: 0, x0, y0 }, SIDE, SIDE, { scale: 1 / 127.5, offset: -1 });
  const outputs = await network.run(input, [1, 3, SIDE, SIDE]);
  const found: Detection[] = [];
  for (const { cells, boxes, scores, numbers } of GRIDS) {
    const [logits, values] = [outputs[scores]!, outputs[numbers]!];
    for (let i = 0; i < logits.length; i++) {
      const score = 1 / (1 + Math.exp(-logits[i]!));
      if (score < SCORES.least) continue;
      const cell = Math.floor(i / boxes);
      const [cx, cy] = [((cell % cells) + 0.5) * (SIDE / cells), (Math.floor(cell / cells) + 0.5) * (SIDE / cells)];
      // Places are in px of the input from its upper left corner, not from the middle of its first pixel.
      const at = (index: number): Point => ({
        x: (values[NUMBERS * i + index]! + cx - 0.5) * scale + x0,
        y: (values[NUMBERS * i + index + 1]! + cy - 0.5) * scale + y0,
      });
      const [w, h] = [values[NUMBERS * i + 2]! * scale, values[NUMBERS * i + 3]! * scale];
      const centre = at(0);
      const mouth = at(10);
      found.push({
        score,
        box: { x: centre.x - w / 2, y: centre.y - h / 2, width: w, height: h },
        eyes: [at(4), at(6)],
        nose: at(8),
        mouth: [mouth, mouth],
      });
    }
  }
  return suppress(found, OVERLAP);
}
