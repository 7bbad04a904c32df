import { bootstrap } from './bootstrap.ts';
import type { Interval } from './bootstrap.ts';
import { detCurve, errorRates } from './error-rates.ts';
import type { DetPoint } from './error-rates.ts';
import type { Comparison } from './report.ts';

const SIZE = { width: 740, left: 80, top: 64, plot: 620, foot: 88, row: 20 };
/** Both axes, as rates. */
const RANGE = { low: 0.0005, high: 0.6 };
const TICKS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4];
/** FMRs at which the confidence band is measured. */
const BAND_POINTS = 32;
/** Line styles that differ without colour: dash, then a grey. */
const STYLES = [
  { dash: '', grey: '#111111' },
  { dash: '9 5', grey: '#444444' },
  { dash: '2 4', grey: '#222222' },
  { dash: '12 4 2 4', grey: '#555555' },
];

/** What the plot says of itself. */
export interface PlotTitle {
  readonly title: string;
  readonly subtitle: string;
}

/**
 * Draws detection error trade-off curves as SVG: FNMR over FMR in percent, both axes in normal deviates (A. Martin et al.,
 * "The DET Curve in Assessment of Detection Task Performance", Eurospeech 1997), with the 95 % band of FNMR by bootstrap
 * over users, the equal error rates, and the counts. Curves differ by dash and grey, and need no colour.
 */
export function detPlot(
  comparisons: readonly Comparison[],
  users: number,
  seed: number,
  { title, subtitle }: PlotTitle,
): string {
  const curves = comparisons.map((comparison, index) => curveOf(comparison, index, users, seed));
  const { width, left, top, plot, foot, row } = SIZE;
  const height = top + plot + foot + row * (curves.length - 1);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, sans-serif" font-size="13" fill="#111111">
<title>${escape(title)}</title>
<desc>${escape(subtitle)}</desc>
<rect width="${width}" height="${height}" fill="#ffffff"/>
<text x="${left}" y="26" font-size="17" font-weight="600">${escape(title)}</text>
<text x="${left}" y="46">${escape(subtitle)}</text>
${TICKS.map(tickLines).join('\n')}
<line x1="${left}" y1="${top + plot}" x2="${left + plot}" y2="${top}" stroke="#bbbbbb" stroke-dasharray="1 3"/>
<rect x="${left}" y="${top}" width="${plot}" height="${plot}" fill="none" stroke="#111111"/>
<clipPath id="frame"><rect x="${left}" y="${top}" width="${plot}" height="${plot}"/></clipPath>
<g clip-path="url(#frame)">
${curves.map(({ band }) => band).join('\n')}
${curves.map(({ line }) => line).join('\n')}
</g>
${curves.map(({ legend }) => legend).join('\n')}
<text x="${left + plot / 2}" y="${top + plot + 40}" text-anchor="middle">False match rate, % (normal deviate scale)</text>
<text transform="translate(24 ${top + plot / 2}) rotate(-90)" text-anchor="middle">False non-match rate, % (normal deviate scale)</text>
</svg>
`;
}

function curveOf(comparison: Comparison, index: number, users: number, seed: number) {
  const { kind, list, mated, nonMated } = comparison;
  const style = STYLES[index % STYLES.length] as (typeof STYLES)[number];
  const fmrs = bandFmrs();
  const intervals = bootstrap(list, users, fmrs, seed);
  const ones = Array.from({ length: users }, () => 1);
  const { eer } = errorRates(list, ones, []);
  const dash = style.dash === '' ? '' : ` stroke-dasharray="${style.dash}"`;
  const path = polyline(detCurve(list));
  const marker =
    eer === null || eer < RANGE.low
      ? ''
      : `<circle cx="${x(eer)}" cy="${y(eer)}" r="4.5" fill="#ffffff" stroke="${style.grey}" stroke-width="1.6"/>`;
  const row = SIZE.top + SIZE.plot + 72 + SIZE.row * index;
  const from = SIZE.left;
  const words = `${kind}: EER ${rate(eer)} % ${interval(intervals.eer)}; ${count(mated)} mated, ${count(nonMated)} non-mated`;
  return {
    band: bandOf(fmrs, intervals.fnmr, style.grey),
    line: `<polyline points="${path}" fill="none" stroke="${style.grey}" stroke-width="1.8"${dash}/>${marker}`,
    legend:
      `<line x1="${from}" x2="${from + 34}" y1="${row - 4}" y2="${row - 4}" stroke="${style.grey}" stroke-width="1.8"${dash}/>` +
      `<text x="${from + 44}" y="${row}">${escape(words)}</text>`,
  };
}

/** The band between the ends of FNMR's interval at each FMR. */
function bandOf(fmrs: readonly number[], intervals: readonly Interval[], grey: string): string {
  const known = fmrs.flatMap((fmr, index) => {
    const ends = intervals[index] ?? null;
    return ends === null ? [] : [{ fmr, low: ends[0], high: ends[1] }];
  });
  if (known.length === 0) return '';
  const upper = known.map(({ fmr, high }) => `${x(fmr)},${y(high)}`);
  const lower = known.map(({ fmr, low }) => `${x(fmr)},${y(low)}`).reverse();
  return `<polygon points="${[...upper, ...lower].join(' ')}" fill="${grey}" fill-opacity="0.12"/>`;
}

/** Equally far apart on the axis. */
function bandFmrs(): readonly number[] {
  const [low, high] = [probit(RANGE.low), probit(RANGE.high)];
  return Array.from({ length: BAND_POINTS }, (_, n) => normal(low + ((high - low) * n) / (BAND_POINTS - 1)));
}

/** The curve's points as drawn, without those within a straight run. */
function polyline(points: readonly DetPoint[]): string {
  const drawn: [number, number][] = [];
  for (const { fmr, fnmr } of points) {
    const point: [number, number] = [x(fmr), y(fnmr)];
    const [before, last] = [drawn.at(-2), drawn.at(-1)];
    const straight = [0, 1].some((axis) => before?.[axis] === last?.[axis] && last?.[axis] === point[axis]);
    if (straight && last !== undefined) drawn.pop();
    drawn.push(point);
  }
  return drawn.map((point) => point.join(',')).join(' ');
}

function tickLines(tick: number): string {
  const { left, top, plot } = SIZE;
  const [atX, atY] = [x(tick), y(tick)];
  const label = String(Number((100 * tick).toFixed(3)));
  return (
    `<path d="M${atX} ${top}V${top + plot}M${left} ${atY}H${left + plot}" stroke="#dddddd"/>` +
    `<text x="${atX}" y="${top + plot + 18}" text-anchor="middle">${label}</text>` +
    `<text x="${left - 8}" y="${atY + 4}" text-anchor="end">${label}</text>`
  );
}

function x(fmr: number): number {
  return round(SIZE.left + SIZE.plot * onAxis(fmr));
}

function y(fnmr: number): number {
  return round(SIZE.top + SIZE.plot * (1 - onAxis(fnmr)));
}

/** Where a rate lies on an axis, 0..1; rates of 0 and 1 lie just outside. */
function onAxis(value: number): number {
  const [low, high] = [probit(RANGE.low), probit(RANGE.high)];
  const inside = Math.min(Math.max(value, RANGE.low / 2), 1 - RANGE.low / 2);
  return (probit(inside) - low) / (high - low);
}

/**
 * Inverse of the normal distribution function, to 4.5e-4: M. Abramowitz and I. Stegun, "Handbook of Mathematical
 * Functions", 26.2.23.
 */
export function probit(p: number): number {
  const tail = Math.min(p, 1 - p);
  const t = Math.sqrt(-2 * Math.log(tail));
  const z =
    t - (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t);
  return p < 0.5 ? -z : z;
}

/** The normal distribution function, to 7.5e-8: the same, 26.2.17. */
export function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const polynomial = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
  return z < 0 ? tail : 1 - tail;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function rate(value: number | null): string {
  return value === null ? '-' : (100 * value).toFixed(2);
}

function interval(ends: Interval): string {
  return ends === null ? '' : `[${rate(ends[0])}, ${rate(ends[1])}]`;
}

function count(value: number): string {
  return new Intl.NumberFormat('en').format(value);
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
