import type { PointerType, SignatureSample } from '@asignio/contracts';
import type { Movement } from './kinematics.ts';
import { smoothNoise } from './noise.ts';
import type { Plan } from './plan.ts';
import { clamp, type Random } from './random.ts';
import type { Style } from './style.ts';

/** What a signer draws with. */
export interface Device {
  readonly pointerType: PointerType;
  readonly canvas: { readonly width: number; readonly height: number };
  readonly pixelRatio: number;
  /** Samples a second, and how uneven their intervals are (0..1). */
  readonly rate: number;
  readonly unevenness: number;
  /** CSS px of an x-height. */
  readonly scale: number;
  /** Position noise, and the finger's give at touch-down: x-heights. */
  readonly noise: number;
  readonly smear: number;
  /** Share of points that get lost. */
  readonly loss: number;
  /** Response to pressure. */
  readonly gain: number;
  readonly gamma: number;
  readonly levels: number;
}

/** A device of this kind on which the plan fits. Rates and noise as such devices report to a browser. */
export function makeDevice(random: Random, pointerType: PointerType, plan: Plan): Device {
  const canvas = {
    stylus: { width: 800, height: 400 },
    finger: { width: 360, height: 260 },
    mouse: { width: 640, height: 360 },
  }[pointerType];
  const width = extent(plan.map((stroke) => stroke.x));
  const height = extent(plan.map((stroke) => stroke.y));
  const fit = random.uniform(0.5, 0.85) * Math.min(canvas.width / (width + 1), canvas.height / (height + 1));
  const common = {
    pointerType,
    canvas,
    scale: Math.min(fit, random.uniform(20, 70)),
    loss: random.chance(0.7) ? 0 : random.uniform(0, 0.05),
    gain: random.uniform(0.7, 1.5),
    gamma: random.uniform(0.6, 1.5),
    levels: random.chance(0.3) ? 256 : 1024,
  };
  if (pointerType === 'stylus') {
    return {
      ...common,
      pixelRatio: random.chance(0.5) ? 2 : 1,
      rate: random.chance(0.6) ? 100 : random.uniform(100, 240),
      unevenness: random.chance(0.7) ? 0 : random.uniform(0, 0.3),
      noise: random.uniform(0, 0.006),
      smear: 0,
    };
  }
  const finger = pointerType === 'finger';
  return {
    ...common,
    pixelRatio: finger ? random.integer(2, 4) : 1,
    rate: finger ? random.uniform(60, 120) : random.uniform(60, 125),
    unevenness: random.uniform(0, 0.45),
    noise: finger ? random.uniform(0.005, 0.02) : random.uniform(0, 0.012),
    smear: finger ? random.uniform(0, 0.06) : 0,
  };
}

/** What the device reports of a movement: points while it touches, and the point of each lift. */
export function record(random: Random, movement: Movement, device: Device, style: Style): SignatureSample {
  const { t, x, y, down } = movement;
  const count = t.length;
  const pressure = penPressure(random, movement, device, style);
  const corner = placement(random, movement, device);
  const grid = 1 / device.pixelRatio;
  const columns = {
    x: [] as number[],
    y: [] as number[],
    t: [] as number[],
    pressure: [] as (number | null)[],
    pen: [] as (0 | 1)[],
  };
  let smearX = 0;
  let smearY = 0;
  let start: number | undefined;
  for (let i = 0; i < count; i++) {
    const inked = down[i] === 1;
    if (inked && down[i - 1] !== 1) {
      smearX = random.normal(0, device.smear);
      smearY = random.normal(0, device.smear);
    }
    smearX *= 0.7;
    smearY *= 0.7;
    const lifted = inked && down[i + 1] !== 1;
    if (!inked || (start !== undefined && !lifted && random.chance(device.loss))) continue;
    start ??= t[i] ?? 0;
    const px = corner.x + ((x[i] ?? 0) + smearX + random.normal(0, device.noise)) * device.scale;
    const py = corner.y - ((y[i] ?? 0) + smearY + random.normal(0, device.noise)) * device.scale;
    const at = {
      x: round(Math.round(px / grid) * grid, 100),
      y: round(Math.round(py / grid) * grid, 100),
      t: round(((t[i] ?? 0) - start) * 1000, 10),
    };
    push(columns, at, pressure(i), 1);
    if (lifted) push(columns, at, device.pointerType === 'stylus' ? 0 : pressure(i), 0);
  }
  return {
    format: 'asignio-signature/1',
    pointerType: device.pointerType,
    canvas: device.canvas,
    pixelRatio: device.pixelRatio,
    ...columns,
  };
}

interface Columns {
  readonly x: number[];
  readonly y: number[];
  readonly t: number[];
  readonly pressure: (number | null)[];
  readonly pen: (0 | 1)[];
}

function push(columns: Columns, at: { x: number; y: number; t: number }, pressure: number | null, pen: 0 | 1): void {
  columns.x.push(at.x);
  columns.y.push(at.y);
  columns.t.push(Math.max(at.t, columns.t.at(-1) ?? 0));
  columns.pressure.push(pressure);
  columns.pen.push(pen);
}

/** Browsers report 0.5 for a mouse; a finger has none; a stylus ramps up at touch-down and off before a lift. */
function penPressure(random: Random, movement: Movement, device: Device, style: Style): (i: number) => number | null {
  if (device.pointerType === 'mouse') return () => 0.5;
  if (device.pointerType === 'finger') return () => null;
  const { x, y, down } = movement;
  const count = x.length;
  const quick = smoothNoise(random, count, 8);
  const slow = smoothNoise(random, count, 40);
  const slowDepth = random.uniform(0.015, 0.06);
  const gain = device.gain * Math.exp(random.normal(0, 2.5 * style.pressureVariation));
  const gamma = device.gamma * Math.exp(random.normal(0, 2.5 * style.pressureVariation));
  const speed = (i: number): number =>
    Math.hypot((x[i] ?? 0) - (x[i - 1] ?? x[i] ?? 0), (y[i] ?? 0) - (y[i - 1] ?? y[i] ?? 0));
  let meanSpeed = 1e-6;
  for (let i = 1; i < count; i++) meanSpeed += speed(i) / count;
  return (i) => {
    let edge = 1;
    for (let far = 1; far <= 3; far++) {
      if (down[i - far] !== 1) edge = Math.min(edge, 0.35 * far);
      if (down[i + far] !== 1) edge = Math.min(edge, far / 4 + 0.1);
    }
    const aimed =
      (movement.pressure[i] ?? 0) -
      0.25 * style.pressureSpeed * (speed(i) / meanSpeed - 1) +
      0.025 * (quick[i] ?? 0) +
      slowDepth * (slow[i] ?? 0);
    const felt = clamp(gain * (clamp(aimed, 0.02, 2) * edge) ** gamma, 1 / device.levels, 1);
    return round(Math.floor(felt * device.levels) / device.levels, 10_000);
  };
}

/** Where the x-height origin falls so that the drawing sits about the middle of the surface. */
function placement(random: Random, { x, y }: Movement, device: Device): { x: number; y: number } {
  return {
    x: device.canvas.width / 2 - middle(x) * device.scale + random.normal(0, 0.02 * device.canvas.width),
    y: device.canvas.height / 2 + middle(y) * device.scale + random.normal(0, 0.02 * device.canvas.height),
  };
}

function middle(column: Float64Array): number {
  return 0.5 * (Math.min(...column) + Math.max(...column));
}

function extent(values: readonly number[]): number {
  return Math.max(0, ...values) - Math.min(0, ...values);
}

function round(value: number, places: number): number {
  return Math.round(value * places) / places;
}
