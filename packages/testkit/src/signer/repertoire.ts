import { PlanBuilder, planSeconds, type Plan } from './plan.ts';
import type { Random } from './random.ts';
import type { Style } from './style.ts';

/** Invents the signature of a hand: what its owner means to draw every time. Between half a second and five and a half. */
export function makePlan(random: Random, style: Style): Plan {
  let plan: Plan;
  do {
    const pen = new PlanBuilder(random, style);
    compose(pen, random, style);
    plan = pen.finish();
  } while (plan.length < 6 || planSeconds(plan) < 0.5 || planSeconds(plan) > 5.5);
  return plan;
}

function compose(pen: PlanBuilder, random: Random, style: Style): void {
  let x = 0;
  switch (style.script) {
    case 'joined': {
      const words = random.chance(0.55) ? 1 : 2;
      for (let word = 0; word < words; word++) {
        if (random.chance(0.85)) x = capital(pen, random, style, x, random.uniform(0.9, 1.5));
        x = letters(pen, random, style, x, 1 + Math.floor((style.letters * random.uniform(2, 7)) / Math.sqrt(words)));
        x += random.uniform(0.3, 1);
      }
      break;
    }
    case 'printed': {
      for (let left = random.integer(2, 5); left > 0; left--) {
        x = capital(pen, random, style, x, random.uniform(0.7, 1.2)) + random.uniform(0, 0.5);
        if (random.chance(0.3)) x = letters(pen, random, style, x, random.integer(1, 4));
      }
      break;
    }
    case 'ideographic': {
      const vertical = random.chance(0.15);
      let y = 0;
      for (let left = random.integer(2, 4); left > 0; left--) {
        const size = random.uniform(1.6, 2.6);
        ideograph(pen, random, style, x, y, size);
        if (vertical) y -= size + random.uniform(0.1, 0.6);
        else x += size + random.uniform(-0.2, 0.6);
      }
      break;
    }
    case 'loops': {
      if (random.chance(0.6)) x = capital(pen, random, style, x, 1.4);
      for (let left = random.integer(1, 4); left > 0; left--) {
        flourish(pen, random);
        if (random.chance(0.4)) x = letters(pen, random, style, x, random.integer(1, 4));
      }
      break;
    }
  }
  if (style.flourish < 0.3) flourish(pen, random);
}

function capital(pen: PlanBuilder, random: Random, style: Style, x: number, size: number): number {
  const height = random.uniform(1.8, 2.8) * size;
  const width = random.uniform(0.8, 2.2) * size;
  const strokes = random.integer(2, 7);
  pen.lift(x + width * random.uniform(0, 0.5), height * random.uniform(0.5, 1));
  let sense = random.chance(0.65) ? 1 : -1;
  let up = false;
  for (let i = 0; i < strokes; i++) {
    const far = up ? height * random.uniform(0.6, 1.1) : random.uniform(-0.3, 0.5) * size;
    const y = random.chance(0.25) ? height * random.uniform(0.2, 0.8) : far;
    if (random.chance(0.2)) sense = -sense;
    pen.to(x + width * random.uniform(), y, sense * random.uniform(0, 2.4));
    up = !up;
    if (i < strokes - 1 && random.chance(0.5 * style.lift)) {
      const again = height * random.uniform(0.1, 1);
      pen.lift(x + width * random.uniform(0, 0.9), again);
      up = again < 0.5 * height;
    }
  }
  return x + width;
}

function letters(pen: PlanBuilder, random: Random, style: Style, start: number, count: number): number {
  let x = start;
  let base = 0;
  let amplitude = 1;
  const fade = random.uniform(0.9, 1);
  let apart = random.chance(0.5);
  for (let letter = 0; letter < count; letter++) {
    if (apart || random.chance(style.lift))
      pen.lift(x + style.advance * random.uniform(0, 0.4), base + random.uniform());
    apart = false;
    const kind = random.uniform();
    const height = kind < 0.22 ? random.uniform(1.8, 2.6) : kind >= 0.36 && kind < 0.42 ? random.uniform(1.7, 2.4) : 1;
    const depth = kind >= 0.22 && kind < 0.42 ? -random.uniform(0.7, 1.7) : 0;
    const humps = kind >= 0.42 && kind < 0.7 ? random.integer(1, 4) : 1;
    let sense = random.chance(0.4 + 0.5 * style.turn) ? 1 : -1;
    const looped = random.chance(0.45);
    for (let hump = 0; hump < humps; hump++) {
      x += random.uniform(0.3, 1.1) * style.advance;
      pen.to(
        x,
        base + amplitude * height * random.uniform(0.8, 1.15),
        sense * (looped ? random.uniform(0.5, 1.9) : random.uniform(0, 0.9)),
      );
      if (random.chance(0.15)) sense = -sense;
      x += (looped ? random.uniform(-0.7, 0) : random.uniform(-0.1, 0.45)) * style.advance;
      pen.to(
        x,
        base + amplitude * depth + random.uniform(-0.12, 0.12),
        sense * (looped ? random.uniform(0.5, 2.2) : random.uniform(0, 1.2)),
      );
      if (depth < 0) x += 0.25 * style.advance;
    }
    amplitude *= fade;
    base += random.uniform(-0.04, 0.06);
  }
  while (random.chance(0.28)) dotOrCross(pen, random, random.uniform(start, Math.max(x, start + 1)));
  return x;
}

function dotOrCross(pen: PlanBuilder, random: Random, x: number): void {
  const y = random.uniform(1.3, 2.2);
  pen.lift(x, y);
  if (random.chance(0.5)) pen.to(x + random.uniform(0.05, 0.25), y - random.uniform(0.05, 0.3), random.normal(0, 0.2));
  else pen.to(x + random.uniform(0.6, 2), y + random.uniform(-0.1, 0.3), random.normal(0, 0.25));
}

function ideograph(pen: PlanBuilder, random: Random, style: Style, x: number, y: number, size: number): void {
  const strokes = random.integer(3, 9);
  for (let i = 0; i < strokes; i++) {
    const fromX = x + size * random.uniform(0, 0.7);
    const fromY = y + size * random.uniform(0.15, 1) * (1 - (0.6 * i) / strokes);
    const [dx, dy] = brushStroke(random);
    if (i === 0 || random.chance(style.lift)) pen.lift(fromX, fromY);
    else pen.to(fromX, fromY, random.normal(0, 0.8));
    const toX = fromX + size * dx;
    const toY = fromY + size * dy;
    pen.to(toX, toY, random.normal(0, 0.35));
    if (!random.chance(0.3)) continue;
    const hook = random.chance(0.5)
      ? [random.uniform(-0.35, -0.08), random.uniform(-0.05, 0.3)]
      : [random.uniform(-0.1, 0.1), -random.uniform(0.2, 0.7)];
    pen.to(toX + size * (hook[0] ?? 0), toY + size * (hook[1] ?? 0), random.normal(0, 0.5));
  }
}

/** Horizontal, vertical, falling left, falling right, dot. */
function brushStroke(random: Random): readonly [number, number] {
  const kind = random.uniform();
  if (kind < 0.34) return [random.uniform(0.3, 0.9), random.uniform(-0.05, 0.15)];
  if (kind < 0.6) return [random.uniform(-0.06, 0.06), -random.uniform(0.3, 0.9)];
  if (kind < 0.78) return [-random.uniform(0.2, 0.6), -random.uniform(0.25, 0.7)];
  if (kind < 0.9) return [random.uniform(0.2, 0.6), -random.uniform(0.2, 0.6)];
  return [random.uniform(0.05, 0.15), -random.uniform(0.05, 0.2)];
}

/** An underline there and back, or loops around the middle. */
function flourish(pen: PlanBuilder, random: Random): void {
  const left = Math.min(0, ...pen.strokes.map((stroke) => stroke.x));
  const width = Math.max(2, Math.max(0, ...pen.strokes.map((stroke) => stroke.x)) - left);
  const low = Math.min(0, ...pen.strokes.map((stroke) => stroke.y));
  if (random.chance(0.4)) pen.lift(left + width * random.uniform(), low + random.uniform(-0.6, 0.8));
  if (random.chance(0.4)) {
    pen.to(left + width * random.uniform(-0.1, 0.3), low - random.uniform(0.2, 1), random.uniform(-1.5, 1.5));
    pen.to(left + width * random.uniform(0.7, 1.3), low - random.uniform(0.2, 1.2), random.normal(0, 0.5));
    if (random.chance(0.4))
      pen.to(left + width * random.uniform(0, 0.5), low - random.uniform(0.4, 1.6), random.normal(0, 1.2));
    return;
  }
  const sense = random.chance(0.5) ? 1 : -1;
  const radius = [width * random.uniform(0.1, 0.5), random.uniform(0.6, 2)] as const;
  const y = random.uniform(-0.3, 1);
  let x = left + width * random.uniform(0.2, 0.9);
  let angle = random.uniform(0, 2 * Math.PI);
  for (let turns = random.integer(2, 7); turns > 0; turns--) {
    angle += sense * random.uniform(1.6, 3.2);
    pen.to(x + radius[0] * Math.cos(angle), y + radius[1] * Math.sin(angle), sense * random.uniform(1, 2.7));
    x += random.uniform(-0.2, 0.5);
  }
}
