import { warp } from '../../preprocess/warp.ts';
import type { Point } from '../../preprocess/picture.ts';
import type { Network } from '../network.ts';
import { suppress } from './detector.ts';
import type { Detection, Detector } from './detector.ts';

const STRIDES = [8, 16, 32] as const;
const OVERLAP = 0.3;

export interface YunetOptions {
  /** Longer side of the input, px; or a fixed square. */
  readonly side: number;
  readonly fixed: boolean;
  /** Least score, 0..1. */
  readonly score: number;
}

/**
 * YuNet (W. Wu, H. Peng, S. Yu, "YuNet: A Tiny Millisecond-level Face Detector", Machine Intelligence Research 20, 2023):
 * boxes and five points, the viewer's left eye first.
 */
export function yunetDetector(network: Network, { side, fixed, score: least }: YunetOptions): Detector {
  return async (pyramid) => {
    const { width, height } = pyramid.picture;
    const scale = Math.max(width, height) / side;
    const [w, h] = fixed ? [side, side] : [padded(width / scale), padded(height / scale)];
    const half = scale / 2 - 0.5;
    // What would be drawn beyond the picture (half a pixel of its edge) is black as all of the border.
    const inside = { columns: Math.round(width / scale), rows: Math.round(height / scale) };
    const input = warp(pyramid, { a: scale, b: 0, x0: half, y0: half }, w, h, { ...inside, colour: 'bgr' });
    const outputs = await network.run(input, [1, 3, h, w]);
    const found: Detection[] = [];
    for (const stride of STRIDES) {
      const [cls, obj] = [outputs[`cls_${stride}`]!, outputs[`obj_${stride}`]!];
      const [boxes, points] = [outputs[`bbox_${stride}`]!, outputs[`kps_${stride}`]!];
      const columns = w / stride;
      for (let i = 0; i < cls.length; i++) {
        const score = Math.sqrt(clamp(cls[i]!) * clamp(obj[i]!));
        if (score < least) continue;
        const [column, row] = [i % columns, Math.floor(i / columns)];
        const place = (dx: number, dy: number): Point => ({
          x: (column + dx) * stride * scale,
          y: (row + dy) * stride * scale,
        });
        const point = (index: number): Point => place(points[10 * i + 2 * index]!, points[10 * i + 2 * index + 1]!);
        const centre = place(boxes[4 * i]!, boxes[4 * i + 1]!);
        const bw = Math.exp(boxes[4 * i + 2]!) * stride * scale;
        const bh = Math.exp(boxes[4 * i + 3]!) * stride * scale;
        found.push({
          score,
          box: { x: centre.x - bw / 2, y: centre.y - bh / 2, width: bw, height: bh },
          eyes: [point(0), point(1)],
          nose: point(2),
          mouth: [point(3), point(4)],
        });
      }
    }
    return suppress(found, OVERLAP);
  };
}

/** The next multiple of 32. */
function padded(size: number): number {
  return 32 * Math.max(1, Math.ceil(Math.round(size) / 32));
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
