import { svg } from '../dom.ts';

export const RING_STYLE = `
.ring { block-size: 100%; inline-size: 100%; inset: 0; pointer-events: none; position: absolute; }
.ring .shade { fill: var(--_ground); opacity: 0.72; }
.ring .track { fill: none; stroke: var(--_line); stroke-width: 1.6; }
.ring .way { fill: none; stroke: var(--_accent); stroke-linecap: round; stroke-width: 2.4; }
@media (prefers-reduced-motion: no-preference) { .ring .way { transition: stroke-dashoffset 160ms linear; } }
@media (forced-colors: active) {
  .ring .shade { fill: Canvas; }
  .ring .track { stroke: CanvasText; }
  .ring .way { stroke: Highlight; }
}
`;

const OVAL = { cx: 50, cy: 50, rx: 31, ry: 41 } as const;

/** The oval around the face, and how much of the way is done. */
export class Ring {
  readonly element: SVGSVGElement;
  readonly #way = svg('ellipse', { class: 'way', ...OVAL, pathLength: 100, 'stroke-dasharray': '100 100' });

  constructor() {
    const { cx, cy, rx, ry } = OVAL;
    const hole = `M0 0H100V100H0ZM${cx - rx} ${cy}a${rx} ${ry} 0 1 0 ${2 * rx} 0a${rx} ${ry} 0 1 0 ${-2 * rx} 0Z`;
    this.element = svg(
      'svg',
      { class: 'ring', viewBox: '0 0 100 100', 'aria-hidden': 'true' },
      svg('path', { class: 'shade', d: hole, 'fill-rule': 'evenodd' }),
      svg('ellipse', { class: 'track', ...OVAL }),
      this.#way,
    );
    this.show(0);
  }

  /** @param share 0..1 */
  show(share: number): void {
    const done = Math.min(1, Math.max(0, share));
    this.#way.setAttribute('stroke-dashoffset', (100 * (1 - done)).toFixed(1));
    this.#way.toggleAttribute('hidden', done === 0);
  }
}
