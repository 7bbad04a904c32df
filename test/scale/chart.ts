import type { Campaign } from './campaign.js';

/** Colours of a scheme; series differ by dash and marker as well. */
interface Scheme {
  readonly ground: string;
  readonly ink: string;
  readonly faint: string;
  readonly series: readonly [string, string];
}

export const SCHEMES = {
  light: { ground: '#ffffff', ink: '#1a1a1a', faint: '#d0d0d0', series: ['#0b5cad', '#a04100'] },
  dark: { ground: '#0d1117', ink: '#e6e6e6', faint: '#3a414a', series: ['#79b8ff', '#ffab70'] },
} as const satisfies Record<string, Scheme>;

const PANEL = { width: 330, height: 240, left: 64, top: 74, gap: 96 } as const;
const WIDTH = 2 * PANEL.width + 2 * PANEL.left + PANEL.gap - 40;
const ROW = 20;

interface Point {
  readonly x: number;
  readonly y: number;
  readonly label?: string;
}
interface Series {
  readonly name: string;
  readonly store: number;
  readonly dashed: boolean;
  readonly points: readonly Point[];
}

const number = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

/** Latency over people, and rates over processes, of each store. */
export function chart(campaigns: readonly Campaign[], scheme: Scheme): string {
  const latency = campaigns.flatMap(({ store, sizes }, index): Series[] =>
    (['p50', 'p95'] as const).map((which) => ({
      name: `${store}, ${which}`,
      store: index,
      dashed: which === 'p95',
      points: sizes.map((size) => ({ x: Math.log10(size.people), y: size[which] })),
    })),
  );
  const rates = campaigns.flatMap(({ store, rates: measured }, index): Series[] =>
    (['verifications', 'enrolments'] as const).map((which) => ({
      name: `${store}, ${which}`,
      store: index,
      dashed: which === 'enrolments',
      points: measured.map((rate) => ({ x: Math.log2(rate.processes), y: rate[which] })),
    })),
  );
  const peopleTicks = [0, 2, 4, 6].map((x) => ({ x, text: number.format(10 ** x) }));
  const processTicks = [0, 1, 2].map((x) => ({ x, text: String(2 ** x) }));
  const height = PANEL.top + PANEL.height + 56 + ROW * Math.max(latency.length, rates.length);
  const second = PANEL.left + PANEL.width + PANEL.gap;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="system-ui, sans-serif" font-size="12" fill="${scheme.ink}">
<title>How verification scales</title>
<desc>Left: milliseconds of one verification over the number of people stored. Right: verifications and enrolments a second over the number of processes.</desc>
<rect width="${WIDTH}" height="${height}" fill="${scheme.ground}"/>
<text x="${PANEL.left}" y="28" font-size="17" font-weight="600">How verification scales</text>
${panel(PANEL.left, 'One verification, ms', 'People stored', 6, peopleTicks, latency, scheme)}
${panel(second, 'A second, all processes together', 'Processes', 2, processTicks, rates, scheme)}
</svg>
`;
}

function panel(
  left: number,
  title: string,
  axis: string,
  maxX: number,
  ticks: readonly { readonly x: number; readonly text: string }[],
  series: readonly Series[],
  scheme: Scheme,
): string {
  const { width, height, top } = PANEL;
  const most = niceTop(Math.max(...series.flatMap(({ points }) => points.map(({ y }) => y)), 1));
  const at = ({ x, y }: Point) => ({ x: left + (width * x) / maxX, y: top + height * (1 - y / most) });
  const lines = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const y = top + height * (1 - share);
    return `<line x1="${left}" y1="${y}" x2="${left + width}" y2="${y}" stroke="${scheme.faint}"/><text x="${left - 8}" y="${y + 4}" text-anchor="end">${number.format(most * share)}</text>`;
  });
  const marks = ticks.map(({ x, text }) => {
    const place = at({ x, y: 0 });
    return `<line x1="${place.x}" y1="${place.y}" x2="${place.x}" y2="${place.y + 5}" stroke="${scheme.ink}"/><text x="${place.x}" y="${place.y + 18}" text-anchor="middle">${text}</text>`;
  });
  const drawn = series.map(({ name, store, dashed, points }, index) => {
    const colour = scheme.series[store % 2] ?? scheme.ink;
    const style = `stroke="${colour}" stroke-width="2" fill="none"${dashed ? ' stroke-dasharray="6 4"' : ''}`;
    const places = points.map(at);
    const path = places.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
    const dots = places.map(({ x, y }) => marker(x, y, store, colour)).join('');
    const row = top + height + 56 + ROW * index;
    const legend = `<line x1="${left}" y1="${row - 4}" x2="${left + 34}" y2="${row - 4}" ${style}/>${marker(left + 17, row - 4, store, colour)}<text x="${left + 44}" y="${row}">${name}</text>`;
    return `<polyline points="${path}" ${style}/>${dots}${legend}`;
  });
  return [
    `<text x="${left}" y="${top - 16}" font-weight="600">${title}</text>`,
    ...lines,
    ...marks,
    `<text x="${left + width / 2}" y="${top + height + 36}" text-anchor="middle">${axis}</text>`,
    ...drawn,
  ].join('\n');
}

/** A disc for the first store, a square for the second. */
function marker(x: number, y: number, store: number, colour: string): string {
  return store === 0
    ? `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="4" fill="${colour}"/>`
    : `<rect x="${(x - 4).toFixed(1)}" y="${(y - 4).toFixed(1)}" width="8" height="8" fill="${colour}"/>`;
}

/** The next number of 1, 2, 4, 5 or 8 with zeros. */
function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 4, 5, 8, 10].find((step) => step * power >= value) ?? 10);
}
