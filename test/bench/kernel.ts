import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSigner } from '@asignio/testkit';

/*
 * The work of one verification in the three ways, in one run on one core: ours, the plain double loop in JavaScript, and
 * the plain double loop in C at -O3 where a compiler is found. Two hundred rows against five times two hundred, nine
 * channels, no band. What is compared is the ratio; the ms are this machine's.
 */
const ROWS = 200;
const REFERENCES = 5;
const CHANNELS = 9;
const ROUNDS = 7;

export const name = 'alignment kernel';

/** Prints ms a verification: the best of several rounds. */
export async function run(): Promise<void> {
  const kernel = new URL('../../packages/engine/dist/kernel/', import.meta.url);
  const { createWasmAligner } = (await import(new URL('wasm.js', kernel).href)) as { createWasmAligner: () => Aligner };
  const ours = createWasmAligner();
  const [probe, ...references] = sequences();
  if (probe === undefined) return;
  const oursMs = best(40, () => void ours.distances(probe, references, CHANNELS));
  const plainMs = best(6, () => references.forEach((reference) => plain(probe, reference)));
  const c = compiled();
  const whole = await verification();
  const check = references.reduce((sum, reference) => sum + plain(probe, reference), 0);
  const mine = ours.distances(probe, references, CHANNELS).reduce((sum, distance) => sum + distance * 2 * ROWS, 0);
  if (Math.abs(mine - check) > 1e-3 * check) throw new Error('The kernel and the plain loop disagree');

  const line = (label: string, ms: number): string =>
    `  ${label.padEnd(34)} ${ms.toFixed(3).padStart(8)} ms   ${(ms / oursMs).toFixed(2).padStart(6)} x ours`;
  process.stdout.write(
    `${[
      `  one probe of ${ROWS} rows against ${REFERENCES} references, ${CHANNELS} channels`,
      line('WebAssembly SIMD (ours)', oursMs),
      line('plain double loop, JavaScript', plainMs),
      c === undefined ? '  C at -O3: no compiler found' : line('plain double loop, C at -O3', c),
      `  a whole verification (features of a 200-row drawing, five references, search for copies): ${whole.toFixed(3)} ms`,
    ].join('\n')}\n`,
  );
}

/** ms of a comparison as the engine makes it, of a drawing of two seconds (200 rows of 100 Hz). */
async function verification(): Promise<number> {
  const signature = new URL('../../packages/engine/dist/modality/signature/', import.meta.url);
  const { signatureRunner } = (await import(new URL('index.js', signature).href)) as { signatureRunner: Runner };
  const { extractFeatures } = (await import(new URL('preprocess/features.js', signature).href)) as {
    extractFeatures: (sample: unknown) => { readonly length: number };
  };
  for (let seed = 0; ; seed++) {
    const signer = createSigner({ seed });
    const probe = extractFeatures(signer.sign({ seed: 'probe' }));
    if (Math.abs(2 * probe.length - ROWS) > 6) continue;
    const parts = Array.from({ length: REFERENCES }, (_, i) => extractFeatures(signer.sign({ seed: i })));
    const { reference } = signatureRunner.enrol(parts);
    if (reference !== undefined) return best(40, () => void signatureRunner.compare(reference, probe, []));
  }
}

interface Runner {
  enrol(parts: readonly unknown[]): { readonly reference?: object };
  compare(reference: object, probe: unknown, recent: readonly unknown[]): unknown;
}

interface Sequence {
  readonly length: number;
  readonly data: Float32Array;
}
interface Aligner {
  distances(probe: Sequence, others: readonly Sequence[], channels: number): Float64Array;
}

/** The numbers that the C program makes too. */
function sequences(): Sequence[] {
  let state = 1;
  return Array.from({ length: REFERENCES + 1 }, () => ({
    length: ROWS,
    data: Float32Array.from({ length: ROWS * CHANNELS }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2_147_483_648 - 1;
    }),
  }));
}

function best(times: number, work: () => void): number {
  let least = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    for (let i = 0; i < times; i++) work();
    least = Math.min(least, (performance.now() - started) / times);
  }
  return least;
}

function plain(a: Sequence, b: Sequence): number {
  let above = new Float32Array(ROWS + 1).fill(Infinity);
  let row = new Float32Array(ROWS + 1).fill(Infinity);
  above[0] = 0;
  for (let i = 0; i < ROWS; i++) {
    row[0] = Infinity;
    for (let j = 0; j < ROWS; j++) {
      let sum = 1e-8;
      for (let k = 0; k < CHANNELS; k++) {
        const difference = a.data[k * ROWS + i]! - b.data[k * ROWS + j]!;
        sum += difference * difference;
      }
      row[j + 1] = Math.sqrt(sum) + Math.min(above[j]!, above[j + 1]!, row[j]!);
    }
    [above, row] = [row, above];
  }
  return above[ROWS]!;
}

const SOURCE = `
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#define N ${ROWS}
#define K ${CHANNELS}
#define R ${REFERENCES}
static float data[R + 1][N][K];
static float align(const float a[N][K], const float b[N][K]) {
  float above[N + 1], row[N + 1];
  for (int j = 0; j <= N; j++) above[j] = INFINITY;
  above[0] = 0;
  for (int i = 0; i < N; i++) {
    row[0] = INFINITY;
    for (int j = 0; j < N; j++) {
      float sum = 1e-8f;
      for (int k = 0; k < K; k++) { float d = a[i][k] - b[j][k]; sum += d * d; }
      float least = above[j] < above[j + 1] ? above[j] : above[j + 1];
      if (row[j] < least) least = row[j];
      row[j + 1] = sqrtf(sum) + least;
    }
    for (int j = 0; j <= N; j++) above[j] = row[j];
  }
  return above[N];
}
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1e3 + t.tv_nsec / 1e6; }
int main(void) {
  uint32_t state = 1;
  for (int s = 0; s <= R; s++) for (int k = 0; k < K; k++) for (int i = 0; i < N; i++) {
    state = state * 1664525u + 1013904223u;
    data[s][i][k] = (float)(state / 2147483648.0 - 1);
  }
  double least = 1e9; volatile float sink = 0;
  for (int round = 0; round < ${ROUNDS}; round++) {
    double started = now();
    for (int i = 0; i < 40; i++) for (int s = 1; s <= R; s++) sink += align(data[0], data[s]);
    double ms = (now() - started) / 40;
    if (ms < least) least = ms;
  }
  printf("%f\\n", least);
  return 0;
}
`;

/** ms of the same in C; `undefined` where there is no compiler. */
function compiled(): number | undefined {
  const compiler = ['cc', 'gcc', 'clang'].find((command) => spawnSync(command, ['--version']).status === 0);
  if (compiler === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'asignio-bench-'));
  try {
    writeFileSync(join(folder, 'dtw.c'), SOURCE);
    execFileSync(compiler, ['-O3', '-o', join(folder, 'dtw'), join(folder, 'dtw.c'), '-lm']);
    return Number(execFileSync(join(folder, 'dtw'), { encoding: 'utf8' }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
