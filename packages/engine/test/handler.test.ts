import { expect } from 'chai';
import type { ModalityRunner } from '#src/modality.js';
import { createHandler } from '#src/worker/handler.js';
import { acquireRequest, sample, subjectKeys } from './fixtures/fake-engine.ts';
import { fakeRunner } from './fixtures/fake-modality.ts';

/** The fake runner, with every array that it saw or made. */
function observed() {
  const seen: ArrayBufferView[] = [];
  const note = <T extends ArrayBufferView>(view: T): T => {
    seen.push(view);
    return view;
  };
  const runner: typeof fakeRunner = {
    ...fakeRunner,
    async acquire(raw) {
      note(raw.bytes);
      const acquired = await fakeRunner.acquire(raw);
      if (acquired.features !== undefined) note(acquired.features);
      return acquired;
    },
    encodeFeatures: (features) => note(fakeRunner.encodeFeatures(features)),
    decodeFeatures: (bytes) => note(fakeRunner.decodeFeatures(note(bytes))),
    encodeReference: (reference) => note(fakeRunner.encodeReference(reference)),
    decodeReference(bytes) {
      const reference = fakeRunner.decodeReference(note(bytes));
      note(reference.values);
      return reference;
    },
  };
  return { seen, handle: createHandler(() => Promise.resolve(runner as unknown as ModalityRunner)) };
}

function isWiped(view: ArrayBufferView): boolean {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength).every((byte) => byte === 0);
}

describe('worker', () => {
  it('overwrites keys, plain references, features and the sample once a task is done', async () => {
    const { seen, handle } = observed();
    const key = subjectKeys();
    const parts: Uint8Array[] = [];
    for (let n = 0; n < 2; n++) {
      const { modality, sample: raw, seal } = acquireRequest({ who: 1 }, key);
      const reply = await handle({ op: 'acquire', modality, sample: raw, earlier: [...parts], seal });
      parts.push((reply as { value: { part: Uint8Array } }).value.part);
      expect(isWiped(seal.dataKey)).to.equal(true);
    }
    const enrolled = await handle({ op: 'enrol', modality: 'signature', parts, seal: key() });
    const { reference } = (enrolled as { value: { reference: Uint8Array } }).value;
    const sealed = { ...key(), id: 'r', bytes: reference, recent: [] };
    const compared = await handle({
      op: 'compare',
      modality: 'signature',
      sample: sample({ who: 1 }),
      references: [sealed],
    });
    expect(compared.ok).to.equal(true);
    expect(isWiped(sealed.dataKey)).to.equal(true);
    expect(seen.length).to.be.greaterThan(10);
    expect(seen.every(isWiped)).to.equal(true);
  });

  it('overwrites them when the task fails half-way', async () => {
    const { seen, handle } = observed();
    const { seal, ...request } = acquireRequest({ who: 1 });
    const reply = await handle({ ...request, op: 'acquire', earlier: [new Uint8Array(64)], seal });
    expect(reply).to.deep.include({ ok: false });
    expect(isWiped(seal.dataKey)).to.equal(true);
    expect(seen.length).to.be.greaterThan(1);
    expect(seen.every(isWiped)).to.equal(true);
  });
});
