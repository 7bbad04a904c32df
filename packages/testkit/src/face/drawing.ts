import { createRandom } from '../signer/random.ts';

/** Side of a drawn portrait, px. */
export const PORTRAIT_SIDE = 480;
/** Where the middle between the eyes is in a portrait, and how far they are apart, px. */
export const PORTRAIT_EYES = { x: 240, y: 213, apart: 80 } as const;

/** What a portrait shows. */
export interface PortraitOptions {
  /** Who it is: the same seed gives the same person. */
  readonly seed: string;
  /** How far the eyes are shut, 0..1. @default 0 */
  readonly shut?: number;
}

/**
 * Draws somebody who does not exist, from the front, as SVG of 480 x 480 px: enough like a face for detectors of faces and
 * of landmarks. Turn it into pixels with whatever draws SVG.
 * @example
 * ```ts
 * const pixels = await sharp(Buffer.from(drawPortrait({ seed: 'ada' }))).raw().toBuffer();
 * ```
 */
export function drawPortrait({ seed, shut = 0 }: PortraitOptions): string {
  const random = createRandom(`portrait ${seed}`);
  const pick = (from: readonly string[]): string => from[random.integer(0, from.length)] ?? '';
  const [light, mid, dark] = (pick(SKINS) || '').split(' ');
  const hair = pick(HAIRS);
  const iris = pick(IRISES);
  const lips = pick(LIPS);
  const clothes = pick(CLOTHES);
  const wide = random.uniform(86, 98);
  const brow = random.uniform(-5, 5);
  const mouth = random.uniform(29, 38);
  const mouthY = random.uniform(306, 318);
  const nose = random.uniform(14, 21);
  const full = random.uniform(0.8, 1.3);
  const { y } = PORTRAIT_EYES;
  const lid = 17 * (1 - 0.92 * shut);
  const eye = (x: number): string => `
    <path d="M${x - 22} ${y + 1}q22 ${-lid} 44 0q-22 ${0.75 * lid} -44 0z" fill="#f4efe9"/>
    <g opacity="${shut > 0.6 ? 0 : 1}"><circle cx="${x}" cy="${y - 1}" r="${9 - 2 * shut}" fill="${iris}"/><circle cx="${x}" cy="${y - 1}" r="4" fill="#0a0a0a"/>
    <circle cx="${x + 3}" cy="${y - 4}" r="2" fill="#fff"/></g>
    <path d="M${x - 24} ${y + 1}q22 ${-lid - 2} 48 0" stroke="#2a1a12" stroke-width="3.5" fill="none"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${PORTRAIT_SIDE}" height="${PORTRAIT_SIDE}" viewBox="0 0 480 480"><defs>
    <radialGradient id="skin" cx="0.45" cy="0.42" r="0.65"><stop offset="0" stop-color="${light}"/><stop offset="0.6" stop-color="${mid}"/><stop offset="1" stop-color="${dark}"/></radialGradient>
    <linearGradient id="wall" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#9fb2bd"/><stop offset="1" stop-color="#6e7f88"/></linearGradient>
    <filter id="soft"><feGaussianBlur stdDeviation="1"/></filter><filter id="softer"><feGaussianBlur stdDeviation="2"/></filter><filter id="shade"><feGaussianBlur stdDeviation="6"/></filter></defs>
    <rect width="480" height="480" fill="url(#wall)"/>
    <path d="M90 480Q110 400 200 390L280 390Q370 400 390 480Z" fill="${clothes}"/><path d="M200 330h80v80q-40 30 -80 0z" fill="${dark}"/>
    <ellipse cx="240" cy="205" rx="${wide + 20}" ry="150" fill="${hair}" filter="url(#softer)"/>
    <ellipse cx="240" cy="235" rx="${wide}" ry="128" fill="url(#skin)" filter="url(#soft)"/>
    <ellipse cx="240" cy="340" rx="52" ry="16" fill="${dark}" opacity="0.5" filter="url(#shade)"/>
    <path d="M150 190Q155 90 240 88Q325 90 330 190Q318 130 240 126Q162 130 150 190Z" fill="${hair}" filter="url(#softer)"/>
    <g filter="url(#shade)" fill="${dark}" opacity="0.55"><ellipse cx="200" cy="${y - 1}" rx="30" ry="16"/><ellipse cx="280" cy="${y - 1}" rx="30" ry="16"/><ellipse cx="250" cy="268" rx="22" ry="10"/><rect x="247" y="215" width="10" height="48"/></g>
    <g filter="url(#soft)"><path d="M170 ${190 + brow}q28 -18 58 -4" stroke="${hair}" stroke-width="8" fill="none"/><path d="M310 ${190 + brow}q-28 -18 -58 -4" stroke="${hair}" stroke-width="8" fill="none"/>
    ${eye(200)}${eye(280)}
    <path d="M${240 - nose} 272q-8 -2 -4 -12M${240 + nose} 272q8 -2 4 -12" stroke="${dark}" stroke-width="3" fill="none"/><ellipse cx="${240 - 0.6 * nose}" cy="274" rx="6" ry="3" fill="#5d3526"/><ellipse cx="${240 + 0.6 * nose}" cy="274" rx="6" ry="3" fill="#5d3526"/>
    <path d="M${240 - mouth} ${mouthY}q${0.5 * mouth} ${-12 * full} ${mouth} ${-4 * full}q${0.5 * mouth} ${-8 * full} ${mouth} ${4 * full}q${-mouth} 10 ${-2 * mouth} 0z" fill="${lips}"/>
    <path d="M${240 - mouth} ${mouthY}q${mouth} 6 ${2 * mouth} 0q${-0.4 * mouth} ${22 * full} ${-mouth} ${22 * full}q${-0.6 * mouth} 0 ${-mouth} ${-22 * full}z" fill="${lips}"/>
    <path d="M${240 - mouth - 2} ${mouthY}q${mouth + 2} 8 ${2 * mouth + 4} 0" stroke="#6b2a28" stroke-width="2.5" fill="none"/></g>
    <ellipse cx="232" cy="255" rx="7" ry="14" fill="#fff" opacity="0.25" filter="url(#softer)"/></svg>`;
}

const SKINS = [
  '#e9bf9f #cf9c7a #8f5f45',
  '#f3d2bb #dcae92 #a6745a',
  '#b98561 #96643f #5e3b24',
  '#8a5a3b #6d4329 #432716',
];
const HAIRS = ['#2b1d15', '#4a2f1c', '#7a5a36', '#15130f', '#6d6a66'];
const IRISES = ['#4b3322', '#38536b', '#4f6144', '#2b1d12'];
const LIPS = ['#b3554f', '#9c4642', '#c06a62', '#8d3f3d'];
const CLOTHES = ['#34495e', '#5d4037', '#2e5d4b', '#6a3550'];
