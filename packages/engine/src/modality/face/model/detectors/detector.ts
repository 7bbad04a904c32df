import type { Point } from '../../preprocess/picture.ts';
import type { Pyramid } from '../../preprocess/picture.ts';

/** One face that was found. Left and right are the viewer's. */
export interface Detection {
  /** 0..1 */
  readonly score: number;
  /** px in the picture; may reach beyond it. */
  readonly box: Box;
  readonly eyes: readonly [left: Point, right: Point];
  readonly nose: Point;
  /** Two corners, or twice the middle where the detector knows no corners. */
  readonly mouth: readonly [left: Point, right: Point];
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Finds the faces in a picture, best score first. */
export type Detector = (pyramid: Pyramid) => Promise<readonly Detection[]>;

/** Non-maximum suppression: of boxes that overlap by more than this (intersection over union) the best stays. */
export function suppress(found: readonly Detection[], overlap: number): readonly Detection[] {
  const kept: Detection[] = [];
  for (const one of found.toSorted((a, b) => b.score - a.score))
    if (kept.every((other) => intersectionOverUnion(one.box, other.box) <= overlap)) kept.push(one);
  return kept;
}

export function intersectionOverUnion(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / (a.width * a.height + b.width * b.height - width * height);
}
