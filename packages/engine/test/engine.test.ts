import { expect } from 'chai';
import fc from 'fast-check';
import { AsignioError } from '@asignio/contracts';
import type { Engine, Permit, SealKey } from '@asignio/contracts';
import { createEngine } from '@asignio/engine';
import {
  PERMIT,
  acquireRequest,
  codeOf,
  enrolled,
  errorOf,
  fakeEngine,
  permits,
  sample,
  subjectKeys,
} from './fixtures/fake-engine.ts';
import { SECRET } from './fixtures/fake-modality.ts';
import type { FakeSample } from './fixtures/fake-modality.ts';

const compare = (
  engine: Engine,
  value: FakeSample,
  references: readonly (SealKey & { id: string; bytes: Uint8Array; recent: readonly Uint8Array[] })[],
) => engine.compare({ permit: PERMIT, modality: 'signature', sample: sample(value), references });

describe('engine', function () {
  this.timeout(60_000);
  let engine: Engine;
  afterEach(() => engine.close());

  describe('options', () => {
    const wrong: Record<string, object> = {
      workers: { workers: 0 },
      queue: { queue: -1 },
      deadlineMs: { deadlineMs: Number.NaN },
      permits: { permits: {} },
      clock: { clock: {} },
      wokers: { wokers: 2 },
    };
    before(() => {
      engine = fakeEngine();
    });
    for (const [name, option] of Object.entries(wrong))
      it(`names the option \`${name}\` when it is wrong`, () => {
        expect(() => createEngine({ permits, ...option }))
          .to.throw(AsignioError, `\`${name}\``)
          .with.property('code', 'ASIGNIO_OPTION_INVALID');
      });
  });

  describe('a working engine', () => {
    beforeEach(() => {
      engine = fakeEngine();
    });

    it('enrols, compares, adapts, and says with which model', async () => {
      const key = subjectKeys();
      const reference = await enrolled(engine, { who: 7 }, key);
      const same = await compare(engine, { who: 7 }, [reference()]);
      expect(same).to.deep.include({
        acquired: true,
        findings: [],
        score: -0,
        reference: 'reference-0',
        pad: { attack: false },
      });
      expect(same.model).to.deep.equal(engine.model('signature'));
      expect((await compare(engine, { who: 9 }, [reference()])).score).to.equal(-2);
      const adapted = await engine.adapt({
        permit: PERMIT,
        modality: 'signature',
        reference: reference().bytes,
        probe: same.probe as Uint8Array,
        seal: key(),
      });
      expect(adapted).to.deep.include({ samples: 3, established: true });
      expect((await compare(engine, { who: 7 }, [{ ...reference(), bytes: adapted.reference }])).score).to.equal(-0);
    });

    it('R22: moves a reference out under a key from outside, and in again under a new one, and opens it in the worker alone', async () => {
      const key = subjectKeys();
      const reference = await enrolled(engine, { who: 7 }, key);
      const outside = subjectKeys({ tenant: 'elsewhere', subject: 'export-1' });
      const move = { permit: PERMIT, modality: 'signature' } as const;
      const out = await engine.reseal({
        ...move,
        direction: 'out',
        reference: reference().bytes,
        seal: key(),
        outside: outside(),
      });
      const fresh = subjectKeys();
      const back = await engine.reseal({ ...move, direction: 'in', reference: out, seal: fresh(), outside: outside() });
      expect((await compare(engine, { who: 7 }, [{ ...reference(), ...fresh(), bytes: back }])).score).to.equal(-0);
      const wrong = { ...move, direction: 'in', reference: out, seal: fresh(), outside: subjectKeys()() } as const;
      expect(await codeOf(engine.reseal(wrong))).to.equal('ASIGNIO_REFERENCE_UNREADABLE');
      const mine = { ...wrong, seal: outside(), outside: outside() };
      expect(await codeOf(engine.reseal(mine))).to.equal('ASIGNIO_PERMIT_INVALID');
      expect(wrong.outside.dataKey).to.have.length(0);
    });

    it('refuses a part that is unlike the earlier ones, and gives nothing to keep', async () => {
      const key = subjectKeys();
      const { part } = await engine.acquire(acquireRequest({ who: 1 }, key));
      const second = await engine.acquire(acquireRequest({ who: 2 }, key, [part as Uint8Array]));
      expect(second.accepted).to.equal(false);
      expect(second.findings.map(({ code }) => code)).to.deep.equal(['ASIGNIO_QUALITY_UNLIKE_OTHERS']);
      expect(second).not.to.have.property('part');
    });

    it('says what is wrong with a set that cannot be enrolled', async () => {
      const result = await engine.enrol({ permit: PERMIT, modality: 'signature', parts: [], seal: subjectKeys()() });
      expect(result.accepted).to.equal(false);
      expect(result.findings.map(({ code }) => code)).to.deep.equal(['ASIGNIO_QUALITY_TOO_FEW_SAMPLES']);
      expect(result).not.to.have.property('reference');
    });

    it('compares with the reference of the same device alone', async () => {
      const finger = await enrolled(engine, { who: 1, variant: 0 });
      const mouse = await enrolled(engine, { who: 5, variant: 1 });
      const result = await compare(engine, { who: 5, variant: 1 }, [finger(), mouse()]);
      expect(result).to.deep.include({ score: -0, reference: 'reference-1' });
    });

    it('has a finding and no score where no reference is of that device', async () => {
      const finger = await enrolled(engine, { who: 1, variant: 0 });
      const result = await compare(engine, { who: 1, variant: 1 }, [finger()]);
      expect(result.acquired).to.equal(true);
      expect(result.findings.map(({ code }) => code)).to.deep.equal(['ASIGNIO_QUALITY_NO_REFERENCE_FOR_POINTER']);
      expect(result).not.to.have.any.keys('score', 'probe', 'reference');
    });

    it('has findings and no score where the sample cannot be acquired', async () => {
      const reference = await enrolled(engine, { who: 1 });
      const result = await compare(engine, { who: 1, do: 'too-short' }, [reference()]);
      expect(result.acquired).to.equal(false);
      expect(result.findings.map(({ code }) => code)).to.deep.equal(['ASIGNIO_QUALITY_TOO_SHORT']);
      expect(result).not.to.have.any.keys('score', 'probe', 'reference');
    });

    it('looks for replays among the recent probes, which it sealed itself', async () => {
      const key = subjectKeys();
      const reference = await enrolled(engine, { who: 1 }, key);
      const { probe } = await compare(engine, { who: 3 }, [reference()]);
      const again = await compare(engine, { who: 3 }, [{ ...reference(), recent: [probe as Uint8Array] }]);
      expect(again.pad).to.deep.equal({ attack: true, species: 'replay' });
    });

    it('does not take a part for a reference, nor a probe for a part', async () => {
      const key = subjectKeys();
      const { part } = await engine.acquire(acquireRequest({ who: 1 }, key));
      const reference = await enrolled(engine, { who: 1 }, key);
      expect(await codeOf(compare(engine, { who: 1 }, [{ ...reference(), bytes: part as Uint8Array }]))).to.equal(
        'ASIGNIO_REFERENCE_UNREADABLE',
      );
      const { probe } = await compare(engine, { who: 1 }, [reference()]);
      expect(await codeOf(engine.acquire(acquireRequest({ who: 1 }, key, [probe as Uint8Array])))).to.equal(
        'ASIGNIO_REFERENCE_UNREADABLE',
      );
    });

    it('does not open one enrolment with the key or the binding of another', async () => {
      const reference = await enrolled(engine, { who: 1 }, subjectKeys());
      expect(await codeOf(compare(engine, { who: 1 }, [{ ...reference(), ...subjectKeys()() }]))).to.equal(
        'ASIGNIO_REFERENCE_UNREADABLE',
      );
      const { aad } = subjectKeys({ version: 2 })();
      expect(await codeOf(compare(engine, { who: 1 }, [{ ...reference(), aad }]))).to.equal(
        'ASIGNIO_REFERENCE_UNREADABLE',
      );
    });

    it('takes the data keys away from the caller, whatever comes of it', async () => {
      const reference = await enrolled(engine, { who: 1 });
      const [good, refused] = [reference(), reference()];
      await compare(engine, { who: 1 }, [good]);
      expect(good.dataKey.length).to.equal(0);
      await codeOf(
        engine.compare({
          permit: {} as Permit,
          modality: 'signature',
          sample: sample({ who: 1 }),
          references: [refused],
        }),
      );
      expect(refused.dataKey.length).to.equal(0);
    });

    it('wipes a data key that shares its buffer with others, and leaves the others', async () => {
      const shared = new Uint8Array(96).fill(5);
      const key = { ...subjectKeys()(), dataKey: shared.subarray(32, 64) };
      await engine.acquire({ ...acquireRequest({ who: 1 }), seal: key });
      expect([...shared.subarray(32, 64)].every((byte) => byte === 0)).to.equal(true);
      expect([...shared.subarray(0, 32), ...shared.subarray(64)].every((byte) => byte === 5)).to.equal(true);
    });

    it('leaves the sample and the sealed boxes with the caller', async () => {
      const reference = await enrolled(engine, { who: 1 });
      const { bytes } = sample({ who: 1 });
      const before = Buffer.from(bytes).toString();
      const sealed = reference();
      await engine.compare({
        permit: PERMIT,
        modality: 'signature',
        sample: { mediaType: 'application/json', bytes },
        references: [sealed],
      });
      expect(Buffer.from(bytes).toString()).to.equal(before);
      expect(sealed.bytes.length).to.be.greaterThan(0);
    });

    it('keeps code, class, findings and waiting time of an error across threads', async () => {
      const error = await errorOf(engine.acquire(acquireRequest({ who: 1, do: 'refuse' })));
      expect(error).to.be.instanceOf(AsignioError);
      expect(error).to.deep.include({
        code: 'ASIGNIO_ATTEMPTS_WAIT',
        message: 'Wait a little',
        retryAfterMs: 1234,
        findings: [{ code: 'ASIGNIO_QUALITY_TOO_SHORT', message: 'Draw a little more.' }],
      });
    });

    it('gives an error that is not its own no chance to quote the sample', async () => {
      const error = await errorOf(engine.acquire(acquireRequest({ who: 1, do: 'crash' })));
      expect(error.code).to.equal('ASIGNIO_ENGINE_FAILED');
      const cause = error.cause as Error;
      expect([error.message, cause.message, cause.stack].join('\n')).not.to.contain(SECRET);
      expect(cause.message).to.contain('TypeError');
      expect(cause.stack).to.contain('misbehave');
    });

    it('fails where a score is not a number', async () => {
      const reference = await enrolled(engine, { who: 1 });
      expect(await codeOf(compare(engine, { who: 1, do: 'not-a-number' }, [reference()]))).to.equal(
        'ASIGNIO_ENGINE_FAILED',
      );
    });

    it('knows the constants of a modality without a worker, and the ones it has not', () => {
      expect(engine.samplesToEnrol('signature')).to.equal(2);
      expect(engine.threshold('signature', Math.exp(-3))).to.be.closeTo(3, 1e-12);
      expect(() => engine.threshold('signature', 0)).to.throw(AsignioError);
      expect(() => engine.model('face'))
        .to.throw(AsignioError)
        .with.property('code', 'ASIGNIO_MODALITY_UNAVAILABLE');
    });

    it('does a decoy without a permit, of any size', async () => {
      for (const size of [0, 100, 1e12, Number.NaN, -1]) await engine.decoy('signature', size);
      expect(engine.stats().completed).to.equal(5);
    });
  });

  describe('what never reaches a worker', () => {
    beforeEach(() => {
      engine = fakeEngine();
    });
    afterEach(() => {
      expect(engine.stats()).to.deep.include({ completed: 0, failed: 0, running: 0, queued: 0 });
    });

    it('anything without a permit, with a look-alike, or with another subject, tenant or modality', async () => {
      const key = subjectKeys()();
      expect(
        await codeOf(engine.acquire({ ...acquireRequest({ who: 1 }), permit: undefined as unknown as Permit })),
      ).to.equal('ASIGNIO_PERMIT_INVALID');
      expect(await codeOf(engine.acquire({ ...acquireRequest({ who: 1 }), permit: { ...PERMIT } }))).to.equal(
        'ASIGNIO_PERMIT_INVALID',
      );
      for (const other of [{ subject: 'bob' }, { tenant: 'globex' }, { modality: 'face' as const }])
        expect(await codeOf(engine.acquire({ ...acquireRequest({ who: 1 }), seal: subjectKeys(other)() }))).to.equal(
          'ASIGNIO_PERMIT_INVALID',
        );
      expect(await codeOf(engine.acquire({ ...acquireRequest({ who: 1 }), modality: 'face' }))).to.equal(
        'ASIGNIO_PERMIT_INVALID',
      );
      expect(
        await codeOf(engine.enrol({ permit: { ...PERMIT }, modality: 'signature', parts: [], seal: key })),
      ).to.equal('ASIGNIO_PERMIT_INVALID');
      const adapt = { modality: 'signature' as const, reference: new Uint8Array(40), probe: new Uint8Array(40) };
      expect(await codeOf(engine.adapt({ ...adapt, permit: { ...PERMIT }, seal: subjectKeys()() }))).to.equal(
        'ASIGNIO_PERMIT_INVALID',
      );
      const references = [
        { ...subjectKeys()(), id: 'a', bytes: new Uint8Array(40), recent: [] },
        { ...subjectKeys({ subject: 'bob' })(), id: 'b', bytes: new Uint8Array(40), recent: [] },
      ];
      expect(await codeOf(compare(engine, { who: 1 }, references))).to.equal('ASIGNIO_PERMIT_INVALID');
    });

    it('a permit is asked about before the sample is so much as measured', async () => {
      const untouchable = {
        get mediaType(): never {
          throw new Error('touched');
        },
        get bytes(): never {
          throw new Error('touched');
        },
      };
      expect(
        await codeOf(engine.acquire({ ...acquireRequest({ who: 1 }), permit: { ...PERMIT }, sample: untouchable })),
      ).to.equal('ASIGNIO_PERMIT_INVALID');
    });

    it('a sample of another media type, or over the cap', async () => {
      const request = acquireRequest({ who: 1 });
      expect(
        await codeOf(engine.acquire({ ...request, sample: { ...request.sample, mediaType: 'text/plain' } })),
      ).to.equal('ASIGNIO_MEDIA_TYPE');
      const bytes = new Uint8Array(1025);
      expect(
        await codeOf(engine.acquire({ ...acquireRequest({ who: 1 }), sample: { ...request.sample, bytes } })),
      ).to.equal('ASIGNIO_SAMPLE_TOO_LARGE');
    });

    it('more boxes or references than there can be, and a key used before', async () => {
      const many = Array.from({ length: 65 }, () => new Uint8Array(1));
      expect(await codeOf(engine.acquire(acquireRequest({ who: 1 }, subjectKeys(), many)))).to.equal(
        'ASIGNIO_REQUEST_INVALID',
      );
      const references = Array.from({ length: 17 }, (_, n) => ({
        ...subjectKeys()(),
        id: String(n),
        bytes: new Uint8Array(40),
        recent: [],
      }));
      expect(await codeOf(compare(engine, { who: 1 }, references))).to.equal('ASIGNIO_REQUEST_INVALID');
      const key = subjectKeys()();
      structuredClone(key.dataKey.buffer, { transfer: [key.dataKey.buffer as ArrayBuffer] });
      expect(await codeOf(engine.acquire({ ...acquireRequest({ who: 1 }), seal: key }))).to.equal(
        'ASIGNIO_REFERENCE_UNREADABLE',
      );
    });
  });

  describe('faults', () => {
    it('a full queue refuses, says when to come back, and what was in it is done', async () => {
      engine = fakeEngine({ queue: 2 });
      const all = Array.from({ length: 6 }, () => engine.acquire(acquireRequest({ who: 1 })));
      expect(engine.stats()).to.deep.include({ running: 1, queued: 2 });
      const results = await Promise.allSettled(all);
      expect(results.map(({ status }) => status)).to.deep.equal([
        'fulfilled',
        'fulfilled',
        'fulfilled',
        'rejected',
        'rejected',
        'rejected',
      ]);
      const { reason } = results[3] as PromiseRejectedResult;
      expect(reason).to.have.property('code', 'ASIGNIO_ENGINE_BUSY');
      expect(reason).to.have.property('retryAfterMs').that.is.greaterThan(0);
      expect(engine.stats()).to.deep.include({ running: 0, queued: 0, completed: 3 });
    });

    for (const [what, act, code] of [
      ['hangs', 'loop', 'ASIGNIO_ENGINE_TIMEOUT'],
      ['exits', 'exit', 'ASIGNIO_ENGINE_FAILED'],
      ['runs out of memory', 'exhaust', 'ASIGNIO_ENGINE_FAILED'],
    ] as const)
      it(`a worker that ${what} costs its task alone: the next one works`, async () => {
        engine = fakeEngine({ deadlineMs: act === 'loop' ? 2_000 : 10_000 });
        await engine.warm();
        const reference = await enrolled(engine, { who: 1 });
        expect(await codeOf(compare(engine, { who: 1, do: act }, [reference()]))).to.equal(code);
        expect((await compare(engine, { who: 1 }, [reference()])).score).to.equal(-0);
      });

    it('a task that waits too long is dropped, and kills no worker', async () => {
      engine = fakeEngine({ deadlineMs: 2_000 });
      await engine.warm();
      const hung = codeOf(engine.acquire(acquireRequest({ who: 1, do: 'loop' })));
      const queued = [1, 2, 3].map((who) =>
        engine.acquire(acquireRequest({ who })).then(
          () => 'done',
          (error: AsignioError) => error.code,
        ),
      );
      expect(await hung).to.equal('ASIGNIO_ENGINE_TIMEOUT');
      for (const outcome of await Promise.all(queued)) expect(outcome).to.be.oneOf(['done', 'ASIGNIO_ENGINE_TIMEOUT']);
      expect((await engine.acquire(acquireRequest({ who: 1 }))).accepted).to.equal(true);
    });

    it('workers that cannot start fail their tasks with a code, and the engine recovers once they can', async () => {
      process.env['ASIGNIO_TEST_WORKER'] = 'broken';
      try {
        engine = fakeEngine({ deadlineMs: 1_500 });
        for (let n = 0; n < 3; n++)
          expect(await codeOf(engine.acquire(acquireRequest({ who: 1 })))).to.match(
            /^ASIGNIO_ENGINE_(?:FAILED|TIMEOUT)$/,
          );
      } finally {
        delete process.env['ASIGNIO_TEST_WORKER'];
      }
      const outcomes: string[] = [];
      for (let n = 0; n < 3; n++)
        outcomes.push(
          await engine.acquire(acquireRequest({ who: 1 })).then(
            () => 'done',
            (error: AsignioError) => error.code,
          ),
        );
      expect(outcomes.at(-1)).to.equal('done');
    });

    it('never has a score for a task that failed: 200 tasks with random faults', async () => {
      engine = fakeEngine({ workers: 2, deadlineMs: 2_500, queue: 1000 });
      await engine.warm();
      const reference = await enrolled(engine, { who: 0 });
      const acts: FakeSample['do'][] = fc.sample(
        fc.oneof(
          { weight: 15, arbitrary: fc.constant(undefined) },
          {
            weight: 3,
            arbitrary: fc.constantFrom(
              'crash' as const,
              'refuse' as const,
              'not-a-number' as const,
              'malformed' as const,
              'too-short' as const,
            ),
          },
          { weight: 1, arbitrary: fc.constant('exit' as const) },
        ),
        { numRuns: 199, seed: 7 },
      );
      acts.push('loop');
      const results = await Promise.allSettled(
        acts.map((act, who) => compare(engine, { who, ...(act === undefined ? {} : { do: act }) }, [reference()])),
      );
      for (const [who, result] of results.entries()) {
        const act = acts[who];
        // A healthy task may wait too long behind faulty ones, or find itself in a dying worker; then it has no score either.
        if (result.status === 'rejected') expect(result.reason).to.be.instanceOf(AsignioError);
        else if (act === undefined) expect(result.value.score).to.equal(who === 0 ? -0 : -who);
        else expect([act, result.value.score]).to.deep.equal(['too-short', undefined]);
      }
      expect(
        results.filter(({ status }, who) => acts[who] === undefined && status === 'fulfilled').length,
      ).to.be.greaterThan(100);
    });
  });

  it('finishes what it has before it closes, then refuses', async () => {
    engine = fakeEngine();
    const all = Array.from({ length: 5 }, (_, who) => engine.acquire(acquireRequest({ who })));
    const closing = engine.close();
    expect(await codeOf(engine.acquire(acquireRequest({ who: 1 })))).to.equal('ASIGNIO_ENGINE_FAILED');
    await closing;
    expect((await Promise.all(all)).every(({ accepted }) => accepted)).to.equal(true);
    expect(engine.stats()).to.deep.include({ completed: 5, failed: 0 });
    await engine.close();
  });
});
