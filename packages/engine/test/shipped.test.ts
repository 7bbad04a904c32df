import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { SIGNATURE_MEDIA_TYPE } from '@asignio/contracts';
import type { Engine, RawSample } from '@asignio/contracts';
import { createEngine } from '@asignio/engine';
import { createSigner } from '@asignio/testkit';
import type { Signer } from '@asignio/testkit';
import { PERMIT, codeOf, permits, subjectKeys } from './fixtures/fake-engine.ts';

/** What an idle process with two workers may take (README, "What it takes"). */
const IDLE_MB = 250;

function recorded(sample: object): RawSample {
  return { mediaType: SIGNATURE_MEDIA_TYPE, bytes: Buffer.from(JSON.stringify(sample)) };
}

describe('the engine as shipped', () => {
  let engine: Engine;
  before(async () => {
    engine = createEngine({ permits, workers: 2 });
    await engine.warm();
  });
  after(() => engine.close());

  async function enrol(signer: Signer, key = subjectKeys()) {
    const parts: Uint8Array[] = [];
    for (let seed = 0; parts.length < engine.samplesToEnrol('signature') && seed < 20; seed++) {
      const sample = recorded(signer.sign({ seed }));
      const { part } = await engine.acquire({
        permit: PERMIT,
        modality: 'signature',
        sample,
        earlier: parts,
        seal: key(),
      });
      if (part !== undefined) parts.push(part);
    }
    const { reference } = await engine.enrol({ permit: PERMIT, modality: 'signature', parts, seal: key() });
    return { ...key(), id: 'r', bytes: reference as Uint8Array, recent: [] };
  }

  it('tells a signature from another, and says with which model', async () => {
    const ada = createSigner({ seed: 'engine-ada' });
    const key = subjectKeys();
    const reference = await enrol(ada, key);
    const compare = (sample: object) =>
      engine.compare({
        permit: PERMIT,
        modality: 'signature',
        sample: recorded(sample),
        references: [{ ...reference, ...key() }],
      });
    const own = await compare(ada.sign({ seed: 'later' }));
    const other = await compare(createSigner({ seed: 'engine-bob' }).sign({ seed: 1 }));
    expect(own.score).to.be.greaterThan(other.score as number);
    expect(own.model).to.deep.equal(engine.model('signature'));
    expect(own.elapsedMs).to.be.greaterThan(0);
  });

  it('refuses a recording of an enrolled sample as an attack', async () => {
    const ada = createSigner({ seed: 'engine-ada' });
    const reference = await enrol(ada);
    const sample = recorded(ada.sign({ seed: 0 }));
    const { pad } = await engine.compare({ permit: PERMIT, modality: 'signature', sample, references: [reference] });
    expect(pad).to.deep.equal({ attack: true, species: 'replay' });
  });

  it('does decoys of any size, and refuses what is no signature', async () => {
    for (const bytes of [0, 5_000, 262_144]) await engine.decoy('signature', bytes);
    const sample = { mediaType: SIGNATURE_MEDIA_TYPE, bytes: Buffer.from('{"x":') };
    const request = { permit: PERMIT, modality: 'signature' as const, sample, earlier: [], seal: subjectKeys()() };
    expect(await codeOf(engine.acquire(request))).to.equal('ASIGNIO_SAMPLE_INVALID');
  });

  it('compares with the network where that is chosen, and old references as before', async () => {
    const network = createEngine({ permits, workers: 1, signatureModel: 'network' });
    try {
      await network.warm();
      const ada = createSigner({ seed: 'engine-ada' });
      const key = subjectKeys();
      const old = await enrol(ada, key);
      const parts: Uint8Array[] = [];
      for (let seed = 0; parts.length < 5; seed++) {
        const sample = recorded(ada.sign({ seed }));
        const request = { permit: PERMIT, modality: 'signature' as const, sample, earlier: parts, seal: key() };
        const { part } = await network.acquire(request);
        if (part !== undefined) parts.push(part);
      }
      const made = await network.enrol({ permit: PERMIT, modality: 'signature', parts, seal: key() });
      expect(made.model).to.deep.equal(network.model('signature'));
      const sample = recorded(ada.sign({ seed: 'later' }));
      const compare = (by: Engine, bytes: Uint8Array) =>
        by.compare({ permit: PERMIT, modality: 'signature', sample, references: [{ ...old, bytes, ...key() }] });
      const now = await compare(network, made.reference as Uint8Array);
      expect(now.model).to.deep.equal(network.model('signature'));
      expect(now.score).to.be.greaterThan(0);
      const before = await compare(engine, old.bytes);
      expect(await compare(network, old.bytes)).to.deep.include({ score: before.score, model: before.model });
      expect(await compare(engine, made.reference as Uint8Array)).to.deep.include({
        score: before.score,
        model: before.model,
      });
    } finally {
      await network.close();
    }
  }).timeout(60_000);

  it('has thresholds that get stricter with the false match rate', () => {
    const rates = [0.5, 0.1, 0.03, 0.01, 0.001, 0.0001];
    const thresholds = rates.map((fmr) => engine.threshold('signature', fmr));
    for (const [index, threshold] of thresholds.slice(1).entries())
      expect(threshold).to.be.at.least(thresholds[index] as number);
  });

  it(`leaves an idle process with two workers under ${IDLE_MB} MB`, async () => {
    const program = `
      import { createEngine } from '@asignio/engine';
      const engine = createEngine({ permits: { verify() {} }, workers: 2 });
      await engine.warm();
      console.log(process.memoryUsage().rss / 1e6);
      await engine.close();`;
    const args = ['--input-type=module', '--eval', program];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: new URL('.', import.meta.url) });
    expect(Number(stdout)).to.be.within(1, IDLE_MB);
  });

  it('lets a process end that has forgotten to close it', async () => {
    const program = `
      import { createEngine } from '@asignio/engine';
      const engine = createEngine({ permits: { verify() {} }, workers: 1 });
      await engine.warm();
      console.log('done');`;
    const args = ['--input-type=module', '--eval', program];
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      cwd: new URL('.', import.meta.url),
      timeout: 30_000,
    });
    expect(stdout).to.equal('done\n');
  });
});
