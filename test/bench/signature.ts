import { createSigner } from '@asignio/testkit';

/*
 * A whole verification against five references as the worker makes it, by either model: a drawing of two seconds as the
 * browser sends it (JSON) to the decision's score, the search for copies included; beside what a plain double loop in
 * JavaScript takes for the alignment alone, of the same drawings with the same channels. The plain loop is what an
 * application would write itself or take from a package that does without native code. The ratios are what is compared; the ms are
 * this machine's.
 */
const ROWS = 200;
const REFERENCES = 5;
const WARM = 40;
const TIMES = 300;

export const name = 'signature verification';

/** Prints ms a verification. */
export async function run(): Promise<void> {
  const engine = new URL('../../packages/engine/dist/', import.meta.url);
  const { networkRunner, signatureRunner } = (await import(
    new URL('modality/signature/index.js', engine).href
  )) as Runners;
  const { javascriptAligner } = (await import(new URL('kernel/javascript.js', engine).href)) as Loop;
  const drawings = people(signatureRunner);
  const [probe, ...references] = drawings.map((bytes) => featuresOf(signatureRunner, bytes));
  if (probe === undefined) return;
  const channels = probe.data.length / probe.length;
  const loop = measured(() => void javascriptAligner.distances(probe, references, channels));
  const lines = [
    `  a drawing of ${probe.length} rows of 20 ms against ${REFERENCES} references`,
    `  ${'plain double loop, JavaScript, alone'.padEnd(40)} ${words(loop)}`,
  ];
  for (const [label, runner] of Object.entries({
    classical: signatureRunner,
    'classical and network': networkRunner,
  })) {
    const { reference } = runner.enrol(drawings.slice(1).map((bytes) => featuresOf(runner, bytes)));
    const [first] = drawings;
    if (reference === undefined || first === undefined)
      throw new Error('The bench signs what the engine does not enrol');
    const whole = measured(() => void runner.compare(reference, featuresOf(runner, first), []));
    lines.push(
      `  ${`whole verification, ${label}`.padEnd(40)} ${words(whole)}, the loop takes ${(loop.tenth / whole.tenth).toFixed(2)} times as long`,
    );
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

interface Features {
  readonly length: number;
  readonly data: Float32Array;
}
interface Runner {
  acquire(raw: { mediaType: string; bytes: Uint8Array }): { readonly features?: Features };
  enrol(parts: readonly Features[]): { readonly reference?: object };
  compare(reference: object, probe: Features, recent: readonly Features[]): unknown;
}
interface Runners {
  readonly networkRunner: Runner;
  readonly signatureRunner: Runner;
}
/** The engine's own way where there is no compiled kernel: the definition, in two loops. */
interface Loop {
  readonly javascriptAligner: {
    distances(probe: Features, others: readonly Features[], channels: number): Float64Array;
  };
}
interface Took {
  readonly tenth: number;
  readonly median: number;
}

/** A probe and references of one person whose drawings take about two seconds, as the browser sends them. */
function people(runner: Runner): Uint8Array[] {
  for (let seed = 0; ; seed++) {
    const signer = createSigner({ seed });
    const drawings = Array.from({ length: REFERENCES + 1 }, (_, i) =>
      new TextEncoder().encode(JSON.stringify(signer.sign({ seed: i }))),
    );
    const kept = drawings.flatMap((bytes) => runner.acquire(raw(bytes)).features ?? []);
    const [probe, ...rest] = kept;
    if (kept.length !== drawings.length || probe === undefined || Math.abs(2 * probe.length - ROWS) > 6) continue;
    if (runner.enrol(rest).reference !== undefined) return drawings;
  }
}

function raw(bytes: Uint8Array): { mediaType: string; bytes: Uint8Array } {
  return { mediaType: 'application/vnd.asignio.signature+json', bytes };
}

function featuresOf(runner: Runner, bytes: Uint8Array): Features {
  const { features } = runner.acquire(raw(bytes));
  if (features === undefined) throw new Error('The bench signs what the engine does not take');
  return features;
}

/** The quickest tenth: a busy machine disturbs the rest. */
function measured(work: () => void): Took {
  for (let i = 0; i < WARM; i++) work();
  const all = Float64Array.from({ length: TIMES }, () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  }).sort();
  return { tenth: all[Math.floor(TIMES / 10)] ?? 0, median: all[Math.floor(TIMES / 2)] ?? 0 };
}

function words({ tenth, median }: Took): string {
  return `${tenth.toFixed(3).padStart(8)} ms (quickest tenth; median ${median.toFixed(3)})`;
}
