/** How a frame lies in a surface of another size: scaled alike in both directions, centred. */
export interface View {
  readonly scale: number;
  /** CSS px from the surface's edge to the frame's. */
  readonly dx: number;
  readonly dy: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Fits the frame that a drawing began in into the surface as it is now, after a rotation say. */
export function fit(frame: Size, surface: Size): View {
  const scale = Math.min(surface.width / frame.width, surface.height / frame.height);
  if (!Number.isFinite(scale) || scale <= 0) return { scale: 1, dx: 0, dy: 0 };
  return {
    scale,
    dx: (surface.width - frame.width * scale) / 2,
    dy: (surface.height - frame.height * scale) / 2,
  };
}

/** A position on the surface, in the frame. */
export function toFrame(view: View, x: number, y: number): { x: number; y: number } {
  return { x: (x - view.dx) / view.scale, y: (y - view.dy) / view.scale };
}
