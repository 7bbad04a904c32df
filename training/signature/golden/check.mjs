// The recipe of ../README.md in plain JavaScript, checked against the golden vectors: a second implementation to write the engine's from.
//   node golden/check.mjs        (the network itself is not run: its output is taken from the files)
import { readFileSync, readdirSync } from 'node:fs';

const dir = new URL('.', import.meta.url);

export function resample(s, maxGap = 1000, rate = 100) {
  const n = s.t.length, t = new Float64Array(n), steps = [];
  for (let i = 1; i < n; i++) {
    const d = Math.max(0, s.t[i] - s.t[i - 1]);
    steps.push(d);
    t[i] = t[i - 1] + Math.min(d, maxGap);
  }
  steps.sort((a, b) => a - b);
  const h = steps.length >> 1;
  const med = steps.length === 0 ? 0 : steps.length % 2 ? steps[h] : (steps[h - 1] + steps[h]) / 2;
  const gap = Math.max(3.5 * med, 35), step = 1000 / rate, m = Math.floor(t[n - 1] / step) + 1;
  const x = [], y = [], p = [], pen = [];
  for (let j = 0, i = 0; j < m; j++) {
    const tt = j * step;
    while (i < n - 2 && t[i + 1] <= tt) i++;
    const k = Math.min(i + 1, n - 1), d = t[k] - t[i], w = Math.min(Math.max(d > 0 ? (tt - t[i]) / d : 0, 0), 1);
    const mix = (a) => a[i] * (1 - w) + a[k] * w;
    const up = s.pen[i] < 0.5 || d > gap;
    x.push(mix(s.x)); y.push(-mix(s.y)); pen.push(up ? 0 : 1);
    p.push(!s.pressure || up ? 0 : mix(s.pressure));
  }
  for (const a of [x, y, p, pen]) while (a.length < 8) a.push(a[a.length - 1]);
  return { x, y, p, pen };
}

const K = Math.tan((Math.PI * 15) / 100), Q = Math.SQRT2, NB = 1 / (1 + Q * K + K * K);
const B0 = K * K * NB, B1 = 2 * B0, B2 = B0, A1 = 2 * (K * K - 1) * NB, A2 = (1 - Q * K + K * K) * NB;

export function lowpass(x) {
  const n = x.length, pad = Math.min(30, n - 1), m = n + 2 * pad;
  let e = new Float64Array(m);
  for (let i = 0; i < pad; i++) {
    e[i] = 2 * x[0] - x[pad - i];
    e[m - 1 - i] = 2 * x[n - 1] - x[n - 1 - pad + i];
  }
  for (let i = 0; i < n; i++) e[pad + i] = x[i];
  for (let rep = 0; rep < 2; rep++) {
    let z2 = (B2 - A2) * e[0], z1 = (B1 - A1) * e[0] + z2;
    for (let i = 0; i < m; i++) {
      const o = B0 * e[i] + z1;
      z1 = B1 * e[i] - A1 * o + z2;
      z2 = B2 * e[i] - A2 * o;
      e[i] = o;
    }
    e = e.reverse();
  }
  return e.slice(pad, pad + n);
}

const deriv = (x) => {
  const n = x.length, at = (i) => x[Math.min(Math.max(i, 0), n - 1)];
  return Float64Array.from({ length: n }, (_, i) => (at(i + 1) - at(i - 1) + 2 * (at(i + 2) - at(i - 2))) / 10);
};
const mean = (a) => a.reduce((s, v) => s + v, 0) / a.length;
const clip = (v, a) => Math.min(Math.max(v, -a), a);

/** rows [T][14] for the network; the last two are zero without pressure, and left out for a network of 12 channels */
export function features(s, pressure = false) {
  const o = resample(s), x = lowpass(o.x), y = lowpass(o.y), n = x.length;
  let vx = deriv(x), vy = deriv(y), sp = vx.map((v, i) => Math.hypot(v, vy[i]));
  const rms = Math.sqrt(mean(sp.map((v) => v * v))) + 1e-9;
  vx = vx.map((v) => v / rms); vy = vy.map((v) => v / rms); sp = sp.map((v) => v / rms);
  const ax = deriv(vx), ay = deriv(vy), at = deriv(sp);
  const ra = Math.sqrt(mean(ax.map((v, i) => v * v + ay[i] * ay[i]))) + 1e-9;
  const mx = mean(x), my = mean(y), z = Math.sqrt(mean(x.map((v) => (v - mx) ** 2)) + mean(y.map((v) => (v - my) ** 2))) + 1e-9;
  const p = pressure ? lowpass(o.p) : new Float64Array(n), dp = deriv(p), down = p.filter((_, i) => o.pen[i] > 0.5);
  const pm = down.length ? mean(down) : 0, pv = (down.length ? Math.sqrt(mean(down.map((v) => (v - pm) ** 2))) : 0) + 0.02;
  return Array.from({ length: n }, (_, i) => {
    const c = vx[i] * ay[i] - vy[i] * ax[i], s1 = sp[i];
    return [clip(vx[i], 4), clip(vy[i], 4), Math.log(s1 + 0.05) + 0.5, vy[i] / (s1 + 0.05), vx[i] / (s1 + 0.05), clip((3 * c) / (s1 * s1 + 0.04), 3),
      0.5 * Math.log((Math.abs(c) + 0.003) / (s1 ** 3 + 0.02)) + 0.3, clip(at[i] / ra, 4), clip(c / ((s1 + 0.05) * ra), 4),
      (x[i] - mx) / z, (y[i] - my) / z, o.pen[i],
      pressure ? clip((p[i] - pm) / pv, 4) : 0, pressure ? clip((6 * dp[i]) / pv, 4) : 0];
  });
}

/** rows [T/2][9] for the classical score */
export function classical(s, pressure) {
  const o = resample(s), x = lowpass(o.x), y = lowpass(o.y), dx = deriv(x), dy = deriv(y), v = dx.map((a, i) => Math.hypot(a, dy[i])), n = x.length;
  const q = 0.05 * Math.sqrt(mean(v.map((a) => a * a))) + 1e-9, ax = deriv(dx), ay = deriv(dy);
  const col = [dx, dy, v, dy.map((a, i) => a / (v[i] + q)), dx.map((a, i) => a / (v[i] + q)),
    v.map((a, i) => (dx[i] * ay[i] - dy[i] * ax[i]) / (a * a + 16 * q * q)), deriv(v)];
  if (pressure) { const p = lowpass(o.p); col.push(p, deriv(p)); } else col.push(new Float64Array(n), new Float64Array(n));
  const norm = col.map((c) => { const m = mean(c), sd = Math.sqrt(mean(c.map((a) => (a - m) ** 2))); return c.map((a) => (sd > 1e-9 ? (a - m) / sd : 0)); });
  return Array.from({ length: n >> 1 }, (_, i) => norm.map((c) => (c[2 * i] + c[2 * i + 1]) / 2));
}

export function distance(A, B) {
  const n = A.length, m = B.length;
  let prev = new Float64Array(m), cur = new Float64Array(m);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      let s = 1e-8;
      for (let k = 0; k < A[i].length; k++) s += (A[i][k] - B[j][k]) ** 2;
      const best = i === 0 ? (j === 0 ? 0 : cur[j - 1]) : j === 0 ? prev[0] : Math.min(prev[j - 1], prev[j], cur[j - 1]);
      cur[j] = best + Math.sqrt(s);
    }
    [prev, cur] = [cur, prev];
  }
  return prev[m - 1] / (n + m);
}

const spread = (dr) => {
  const k = dr.length;
  return [mean(dr.map((r, i) => Math.min(...r.filter((_, j) => j !== i)))), dr.flat().reduce((a, b) => a + b, 0) / (k * (k - 1))];
};
export function networkScore(dq, dr, c) {
  const k = dq.length, l0 = [c.log_v0_min, c.log_v0_mean];
  const lv = k === 1 ? l0 : spread(dr).map((v, i) => ((k - 1) * Math.log(v + 1e-6) + c.k0 * l0[i]) / (k - 1 + c.k0));
  return Math.log(c.w * Math.min(...dq) * Math.exp(-c.alpha * lv[0]) + (1 - c.w) * mean(dq) * Math.exp(-c.alpha * lv[1]) + 1e-6);
}
export function classicalScore(dq, dr) {
  if (dq.length === 1) return Math.log(dq[0] + 1e-6);
  const [a, b] = spread(dr);
  return Math.log((0.5 * Math.min(...dq)) / Math.sqrt(a) + (0.5 * mean(dq)) / Math.sqrt(b) + 1e-6);
}

let worst = 0, count = 0;
const near = (a, b, tol, what) => {
  const d = Math.abs(a - b);
  worst = Math.max(worst, d / tol);
  count++;
  if (!(d <= tol)) { console.error(what, a, b); process.exitCode = 1; }
};
const all = (a, b, tol, what) => a.forEach((r, i) => [r].flat().forEach((v, j) => near(v, [b[i]].flat()[j], tol, `${what}[${i}][${j}]`)));
const cal = JSON.parse(readFileSync(new URL(process.argv[2] ?? '../calibration.json', dir)));
for (const f of readdirSync(dir).filter((f) => f.endsWith('.json'))) {
  const g = JSON.parse(readFileSync(new URL(f, dir)));
  const width = g.features_of_sample_0[0].length;
  all(features(g.samples[0], g.pressure).map((r) => r.slice(0, width)), g.features_of_sample_0, 2e-4, f + ' features');
  const loc = g.samples.map((s) => classical(s, g.pressure));
  all(loc[0], g.classical_of_sample_0, 2e-4, f + ' classical');
  for (const t of g.trials) {
    const cq = t.references.map((r) => distance(loc[t.probe], loc[r])), cr = t.references.map((i) => t.references.map((j) => (i === j ? 0 : distance(loc[i], loc[j]))));
    all(cq, t.classical_distances, 2e-4, 'classical distance');
    const n = networkScore(t.network_distances, t.network_between, cal.network_score), c = classicalScore(cq, cr);
    near(n, t.network_score, 2e-4, 'network score');
    near(c, t.classical_score, 5e-4, 'classical score');
    const fused = cal.fusion.network * n + cal.fusion.classical * c, [a, b] = cal.llr[g.pressure ? 'pressure' : 'none'][String(t.references.length)].skilled;
    near(a - b * fused, t.llr_skilled, 2e-2, 'llr');
  }
}
console.log(`${count} numbers compared, worst at ${worst.toFixed(2)} of its tolerance`);
