import { randomBytes } from 'node:crypto';
import { SIGNATURE_MEDIA_TYPE, systemClock } from '@asignio/contracts';
import type { Engine, RawSample, SealKey } from '@asignio/contracts';
import { createEngine, sealAad } from '@asignio/engine';
import { createPermitAuthority, registerDataset } from '@asignio/policy';
import { createSigner } from '@asignio/testkit';

export const name = 'pool: two workers against one';

/** What two workers must do at least of what one does. */
const GOAL = 1.8;
const ROUNDS = 5;
const ROUND_MS = 600;
const IN_FLIGHT = 4;

const permits = createPermitAuthority({ clock: systemClock });
const dataset = registerDataset({
  name: 'synthetic',
  source: '@asignio/testkit',
  licence: 'Apache-2.0',
  jurisdiction: 'none',
});
const permitOf = () => permits.issueEvaluation({ dataset, model: 'bench', modality: 'signature' });

/** A person with five references, and a probe. */
interface Subject {
  readonly reference: Uint8Array;
  readonly probe: RawSample;
  readonly key: () => SealKey;
}

/**
 * Verifications a second, whole: permit, sealing, the way to the worker and back, decoding, features, comparison with
 * five references. One and two workers take turns, so that a busy machine slows both; the best round of each counts.
 */
export async function run(): Promise<void> {
  const pools = await Promise.all([1, 2].map((workers) => warmed(workers)));
  try {
    const [first] = pools;
    const subject = await enrol(first as Engine);
    const best = pools.map(() => 0);
    for (let round = 0; round < ROUNDS; round++)
      for (const [index, engine] of pools.entries())
        best[index] = Math.max(best[index] ?? 0, await throughput(engine, subject));
    const [one = 0, two = 0] = best;
    process.stdout.write(`  one worker   ${perSecond(one)}\n`);
    process.stdout.write(`  two workers  ${perSecond(two)}, ${(two / one).toFixed(2)} times one (goal ${GOAL})\n`);
  } finally {
    await Promise.all(pools.map((engine) => engine.close()));
  }
}

function perSecond(rate: number): string {
  return `${rate.toFixed(0).padStart(6)} verifications a second`;
}

async function warmed(workers: number): Promise<Engine> {
  const engine = createEngine({ permits, workers });
  await engine.warm();
  return engine;
}

async function throughput(engine: Engine, subject: Subject): Promise<number> {
  const started = performance.now();
  let done = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() - started < ROUND_MS) {
      await verify(engine, subject);
      done++;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT * engine.stats().workers }, lane));
  return (1000 * done) / (performance.now() - started);
}

async function verify(engine: Engine, { reference, probe, key }: Subject): Promise<void> {
  const result = await engine.compare({
    permit: permitOf(),
    modality: 'signature',
    sample: probe,
    references: [{ ...key(), id: 'bench', bytes: reference, recent: [] }],
  });
  if (result.score === undefined) throw new Error('The bench compared nothing');
}

async function enrol(engine: Engine): Promise<Subject> {
  const signer = createSigner({ seed: 'bench' });
  const { tenant, subject, modality, consent } = permitOf();
  const aad = sealAad({ tenant, subject, modality, consent, version: 1, kind: 'reference' });
  const dataKey = randomBytes(32);
  const key = () => ({ dataKey: new Uint8Array(dataKey), aad });
  const parts: Uint8Array[] = [];
  for (let seed = 0; parts.length < engine.samplesToEnrol('signature'); seed++) {
    const sample = sampleOf(signer.sign({ seed }));
    const { part } = await engine.acquire({ permit: permitOf(), modality, sample, earlier: parts, seal: key() });
    if (part !== undefined) parts.push(part);
    if (seed > 50) throw new Error('The bench cannot enrol');
  }
  const { reference } = await engine.enrol({ permit: permitOf(), modality, parts, seal: key() });
  if (reference === undefined) throw new Error('The bench cannot enrol');
  return { reference, key, probe: sampleOf(signer.sign({ seed: 'probe' })) };
}

function sampleOf(sample: object): RawSample {
  return { mediaType: SIGNATURE_MEDIA_TYPE, bytes: Buffer.from(JSON.stringify(sample), 'utf8') };
}
