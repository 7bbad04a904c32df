import { h, svg } from './dom.ts';

export const SEALS_STYLE = `
.progress { align-items: center; display: flex; flex-wrap: wrap; gap: 4px 16px; justify-content: space-between; }
.seals { display: flex; gap: 8px; }
.seals svg { block-size: 32px; inline-size: 32px; overflow: visible; }
.seal { fill: none; stroke: var(--_line); stroke-width: 1.5; }
.kept .seal { fill: var(--_accent); stroke: var(--_accent); }
.next .seal { stroke: var(--_accent); stroke-width: 2.5; }
.tick { fill: none; stroke: none; stroke-linecap: round; stroke-linejoin: round; stroke-width: 2.5; }
.kept .tick { stroke: var(--_on-accent); }
@media (prefers-reduced-motion: no-preference) {
  .fresh { animation: press 220ms ease-out; transform-origin: center; }
  @keyframes press { from { transform: scale(1.35); opacity: 0.4; } }
}
@media (forced-colors: active) {
  .seal, .next .seal { stroke: CanvasText; }
  .kept .seal { fill: Highlight; stroke: Highlight; }
  .kept .tick { stroke: HighlightText; }
}
`;

const LOBES = 12;

/** A point in polar coordinates around the middle of a box of 32 by 32. */
const at = (turn: number, radius: number): string =>
  `${(16 + radius * Math.cos(turn)).toFixed(2)} ${(16 + radius * Math.sin(turn)).toFixed(2)}`;

/** A wax seal's edge: a circle with lobes. */
function edge(): string {
  const step = (2 * Math.PI) / LOBES;
  const lobes = Array.from({ length: LOBES }, (_, i) => `Q${at((i + 0.5) * step, 16)} ${at((i + 1) * step, 13.2)}`);
  return `M${at(0, 13.2)}${lobes.join('')}Z`;
}

/** Seals that fill, one a drawing. Pictures of the drawings are never shown. */
export function seals(received: number, needed: number, label: string, fresh: boolean): HTMLDivElement {
  const row = h('div', { class: 'seals', part: 'seals', role: 'img', 'aria-label': label });
  for (let i = 0; i < needed; i += 1) {
    const state = i < received ? 'kept' : i === received ? 'next' : '';
    const look = fresh && i === received - 1 ? `${state} fresh` : state;
    row.append(
      svg(
        'svg',
        { viewBox: '0 0 32 32', class: look, 'aria-hidden': 'true' },
        svg('path', { class: 'seal', d: edge() }),
        svg('path', { class: 'tick', d: 'M10.5 16.5l4 4 7.5-8.5' }),
      ),
    );
  }
  return row;
}
