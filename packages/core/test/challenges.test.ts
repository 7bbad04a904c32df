import { randomBytes } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';
import type { CaptureChallenge, Engine, PermitVerifier, PromptPlan } from '@asignio/contracts';
import type { AssuranceProfile, AsignioCore, CeremonyHandle } from '@asignio/core';
import { expect } from 'chai';
import fc from 'fast-check';
import { ADA, codeOf, FakeEngine, makeSystem, NOTICES, ORIGIN, sample, TENANT } from './harness.js';

const PLAN: PromptPlan = {
  first: 'look-straight',
  pool: ['turn-left', 'turn-right', 'look-up', 'move-closer'],
  draws: 3,
  stepMs: { least: 300, most: 10_000 },
  tries: 3,
};

/** Prompts for face, not for signature; what each sample was said to answer is on its list. */
class PromptingEngine extends FakeEngine {
  readonly challenges: (CaptureChallenge | undefined)[] = [];
  prompts: NonNullable<Engine['prompts']> = (modality) => (modality === 'face' ? PLAN : null);
  override samplesToEnrol = () => 2;

  constructor(permits: PermitVerifier) {
    super(permits);
    const { compare, acquire } = this;
    this.compare = (request) => {
      this.challenges.push(request.challenge);
      return compare(request);
    };
    this.acquire = (request) => {
      this.challenges.push(request.challenge);
      return acquire(request);
    };
  }
}

const BOTH = NOTICES.map((notice) => ({
  ...notice,
  purposes: notice.purposes.map((purpose) => ({ ...purpose, modalities: ['signature', 'face'] as const })),
}));

const TOGETHER: AssuranceProfile = {
  name: 'one-sitting',
  acr: 'urn:test:one-sitting',
  factors: ['signature', 'face'],
  fmr: 0.01,
  source: 'test',
  together: true,
};

async function makePrompting() {
  let engine: PromptingEngine | undefined;
  const system = await makeSystem({
    modalities: ['signature', 'face'],
    notices: BOTH,
    assurance: [
      { name: 'face', acr: 'urn:test:face', factors: ['face'], fmr: 0.01, source: 'test' },
      { name: 'both', acr: 'urn:test:both', factors: ['signature', 'face'], fmr: 0.01, source: 'test' },
      TOGETHER,
    ],
    engine: (permits: PermitVerifier) => (engine = new PromptingEngine(permits)),
  });
  return { ...system, engine: engine as unknown as PromptingEngine };
}

async function agree(core: AsignioCore, modality: 'signature' | 'face') {
  const notice = await core.subjects.notice(TENANT, 'en');
  await core.subjects.grant({
    tenant: TENANT,
    subject: ADA,
    modality,
    purposes: ['authentication'],
    noticeVersion: notice.version,
    noticeSha256: notice.sha256,
    language: 'en',
    signature: { method: 'typed-name', name: 'Ada Lovelace' },
  });
}

async function beginFace(core: AsignioCore, kind: 'enrolment' | 'verification', modalities = ['face'] as const) {
  const { view, binding } = await core.ceremonies.begin({
    tenant: TENANT,
    kind,
    modalities,
    subject: ADA,
    signedIn: kind === 'enrolment',
    origin: ORIGIN,
  });
  const handle: CeremonyHandle = {
    tenant: TENANT,
    id: view.id,
    binding,
    origin: ORIGIN,
    ...(kind === 'enrolment' ? { requester: ADA } : {}),
  };
  return handle;
}

const commitment = () => randomBytes(32).toString('base64url');

describe('a ceremony that prompts', () => {
  let system: Awaited<ReturnType<typeof makePrompting>>;

  beforeEach(async () => {
    system = await makePrompting();
    await agree(system.core, 'face');
  });
  afterEach(() => system.dispose());

  async function beginBoth(assurance = 'both'): Promise<CeremonyHandle> {
    const { view, binding } = await system.core.ceremonies.begin({
      tenant: TENANT,
      kind: 'verification',
      modalities: ['signature', 'face'],
      subject: ADA,
      signedIn: false,
      origin: ORIGIN,
      assurance,
    });
    return { tenant: TENANT, id: view.id, binding, origin: ORIGIN };
  }

  async function enrolSignature() {
    const { core } = system;
    const drawing = await core.ceremonies.begin({
      tenant: TENANT,
      kind: 'enrolment',
      modalities: ['signature'],
      subject: ADA,
      signedIn: true,
      origin: ORIGIN,
    });
    const own = { tenant: TENANT, id: drawing.view.id, binding: drawing.binding, origin: ORIGIN, requester: ADA };
    for (let n = 0; n < 2; n++) await core.ceremonies.submit(own, 'signature', sample({ who: 'ada' }));
    await core.ceremonies.complete(own);
  }

  /** Follows every prompt; gives what was asked and committed to. */
  async function follow(handle: CeremonyHandle) {
    const { core, clock } = system;
    const given: { prompt: string; commitment: string }[] = [];
    let at = await core.ceremonies.prompt(handle, 'face');
    while (at.prompt !== null) {
      clock.advance(1_500);
      const answer = { step: at.step, commitment: commitment() };
      given.push({ prompt: at.prompt, commitment: answer.commitment });
      at = await core.ceremonies.prompt(handle, 'face', answer);
    }
    return { given, nonce: at.nonce };
  }

  async function enrolFace() {
    const handle = await beginFace(system.core, 'enrolment');
    for (let n = 0; n < 2; n++) {
      await follow(handle);
      await system.core.ceremonies.submit(handle, 'face', sample({ who: 'ada' }));
    }
    await system.core.ceremonies.complete(handle);
  }

  it('gives one prompt after another, and hands the engine what was asked, committed to, and how long it took', async () => {
    await enrolFace();
    const handle = await beginFace(system.core, 'verification');
    const { given, nonce } = await follow(handle);
    await system.core.ceremonies.submit(handle, 'face', sample({ who: 'ada' }));
    expect((await system.core.ceremonies.complete(handle)).decision).to.equal('accepted');
    expect(given).to.have.length(4);
    expect(given[0]?.prompt).to.equal('look-straight');
    expect(system.engine.challenges.at(-1)).to.deep.equal({
      nonce,
      steps: given.map((step) => ({ ...step, heldMs: 1_500 })),
    });
  });

  it('draws each prompt afresh when the one before is answered: any order comes, never the same twice in a row', async () => {
    const orders = new Set<string>();
    for (let n = 0; n < 12; n++) {
      const handle = await beginFace(system.core, 'enrolment');
      const order = (await follow(handle)).given.map(({ prompt }) => prompt);
      order.forEach((prompt, index) => expect(prompt).to.not.equal(order[index - 1]));
      orders.add(order.join(' '));
    }
    // 36 orders; that 12 draws give fewer than four of them has a chance below 1e-8.
    expect(orders.size).to.be.above(3);
  });

  it('does not have the next prompt in the store before it is given', async () => {
    const handle = await beginFace(system.core, 'enrolment');
    await system.core.ceremonies.prompt(handle, 'face');
    const record = await system.storage.get({ tenant: TENANT, kind: 'ceremony', id: handle.id });
    expect(JSON.stringify(record?.value))
      .to.include('look-straight')
      .and.not.match(/turn-|look-up|move-closer/);
  });

  it('takes no sample before every prompt is answered, and none twice for the same answers', async () => {
    const { core, clock } = system;
    const handle = await beginFace(core, 'enrolment');
    expect(await codeOf(core.ceremonies.submit(handle, 'face', sample({ who: 'ada' })))).to.equal(
      'ASIGNIO_CEREMONY_ORDER',
    );
    const first = await core.ceremonies.prompt(handle, 'face');
    clock.advance(1_000);
    await core.ceremonies.prompt(handle, 'face', { step: first.step, commitment: commitment() });
    expect(await codeOf(core.ceremonies.submit(handle, 'face', sample({ who: 'ada' })))).to.equal(
      'ASIGNIO_CEREMONY_ORDER',
    );
    await follow(handle);
    await core.ceremonies.submit(handle, 'face', sample({ who: 'ada' }));
    expect(await codeOf(core.ceremonies.submit(handle, 'face', sample({ who: 'ada' })))).to.equal(
      'ASIGNIO_CEREMONY_ORDER',
    );
    expect(system.engine.seen).to.deep.equal(['ada']);
  });

  it('voids a challenge whose answer comes too soon or too late, and begins another only so often', async () => {
    const { core, clock } = system;
    const handle = await beginFace(core, 'enrolment');
    for (const wait of [299, 10_001, 299]) {
      const at = await core.ceremonies.prompt(handle, 'face');
      clock.advance(wait);
      const answer = { step: at.step, commitment: commitment() };
      expect(await codeOf(core.ceremonies.prompt(handle, 'face', answer))).to.equal('ASIGNIO_PROMPT_TIMING');
      expect(await codeOf(core.ceremonies.prompt(handle, 'face', answer))).to.equal('ASIGNIO_CEREMONY_ORDER');
    }
    expect(await codeOf(core.ceremonies.prompt(handle, 'face'))).to.equal('ASIGNIO_CEREMONY_EXPIRED');
  });

  it('gives the same next prompt when an answer is said again after a broken line, and takes no other for that step', async () => {
    const { core, clock } = system;
    const handle = await beginFace(core, 'enrolment');
    const first = await core.ceremonies.prompt(handle, 'face');
    clock.advance(1_000);
    const answer = { step: first.step, commitment: commitment() };
    const next = await core.ceremonies.prompt(handle, 'face', answer);
    expect(await core.ceremonies.prompt(handle, 'face', answer)).to.deep.equal(next);
    expect(
      await codeOf(core.ceremonies.prompt(handle, 'face', { step: first.step, commitment: commitment() })),
    ).to.equal('ASIGNIO_CEREMONY_ORDER');
  });

  it('counts a verification whose prompts were seen and then left as a failed attempt: nobody shops for prompts', async () => {
    const { core, clock } = system;
    await enrolFace();
    for (let n = 0; n < 5; n++) {
      const handle = await beginFace(core, 'verification');
      await core.ceremonies.prompt(handle, 'face');
    }
    const refused = await codeOf(beginFace(core, 'verification'));
    expect(refused).to.equal('ASIGNIO_ATTEMPTS_WAIT');
    clock.advance(6 * 60_000);
    expect((await core.subjects.held(TENANT, ADA)).failedAttempts).to.equal(5);
  });

  it('counts it also where the engine was busy after the prompts', async () => {
    const { core, clock } = system;
    await enrolFace();
    const handle = await beginFace(core, 'verification');
    await follow(handle);
    system.engine.fault = new AsignioError('ASIGNIO_ENGINE_BUSY');
    expect(await codeOf(core.ceremonies.submit(handle, 'face', sample({ who: 'ada' })))).to.equal(
      'ASIGNIO_ENGINE_BUSY',
    );
    clock.advance(6 * 60_000);
    expect((await core.subjects.held(TENANT, ADA)).failedAttempts).to.equal(1);
  });

  it('counts it also where the engine was busy with a drawing, once prompts for the face were seen', async () => {
    const { core, clock } = system;
    await agree(core, 'signature');
    await enrolFace();
    await enrolSignature();
    const handle = await beginBoth();
    await core.ceremonies.prompt(handle, 'face');
    system.engine.fault = new AsignioError('ASIGNIO_ENGINE_BUSY');
    const refused = await codeOf(core.ceremonies.submit(handle, 'signature', sample({ who: 'ada' })));
    clock.advance(6 * 60_000);
    expect([refused, (await core.subjects.held(TENANT, ADA)).failedAttempts]).to.deep.equal(['ASIGNIO_ENGINE_BUSY', 1]);
  });

  it('takes the same sample again where the engine was busy', async () => {
    const { core } = system;
    await enrolFace();
    const handle = await beginFace(core, 'verification');
    await follow(handle);
    system.engine.fault = new AsignioError('ASIGNIO_ENGINE_BUSY');
    await codeOf(core.ceremonies.submit(handle, 'face', sample({ who: 'ada' })));
    await core.ceremonies.submit(handle, 'face', sample({ who: 'ada' }));
    expect((await core.ceremonies.complete(handle)).decision).to.equal('accepted');
  });

  it('prompts for an unknown subject as for a known one', async () => {
    await enrolFace();
    const handle = await beginFace(system.core, 'verification');
    const seen = Object.keys(await system.core.ceremonies.prompt(handle, 'face'));
    const { view, binding } = await system.core.ceremonies.begin({
      tenant: TENANT,
      kind: 'verification',
      modalities: ['face'],
      subject: 'nobody' as typeof ADA,
      signedIn: false,
      origin: ORIGIN,
    });
    const stranger = { tenant: TENANT, id: view.id, binding, origin: ORIGIN };
    expect(Object.keys(await system.core.ceremonies.prompt(stranger, 'face'))).to.deep.equal(seen);
  });

  it('R1: takes nothing of a face from whoever agreed to signature alone', async () => {
    const { core, engine } = system;
    const held = await core.subjects.held(TENANT, ADA);
    await core.subjects.withdraw(TENANT, ADA, (held.consents[0] as (typeof held.consents)[number]).id);
    await agree(core, 'signature');
    expect(await codeOf(beginFace(core, 'enrolment'))).to.equal('ASIGNIO_CONSENT_REQUIRED');
    const handle = await beginFace(core, 'verification');
    await follow(handle);
    await core.ceremonies.submit(handle, 'face', sample({ who: 'ada' }));
    expect(await codeOf(core.ceremonies.complete(handle))).to.equal('ASIGNIO_NOT_VERIFIED');
    expect(engine.seen).to.deep.equal([]);
  });

  it('has no prompts for a modality that needs none, nor one that the ceremony does not ask for', async () => {
    const { core } = system;
    await agree(core, 'signature');
    const { view, binding } = await core.ceremonies.begin({
      tenant: TENANT,
      kind: 'enrolment',
      modalities: ['signature'],
      subject: ADA,
      signedIn: true,
      origin: ORIGIN,
    });
    const handle = { tenant: TENANT, id: view.id, binding, origin: ORIGIN, requester: ADA };
    expect(await codeOf(core.ceremonies.prompt(handle, 'signature'))).to.equal('ASIGNIO_REQUEST_INVALID');
    expect(await codeOf(core.ceremonies.prompt(handle, 'face'))).to.equal('ASIGNIO_CEREMONY_ORDER');
  });

  it('refuses an answer that is none, and changes nothing', async () => {
    const { core } = system;
    const handle = await beginFace(core, 'enrolment');
    const at = await core.ceremonies.prompt(handle, 'face');
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.integer({ max: -1 }), fc.double({ noInteger: true }), fc.string(), fc.constant(null)),
        fc.oneof(fc.string({ maxLength: 60 }), fc.constant(null), fc.integer()),
        async (step, value) => {
          const answer = { step: step as number, commitment: value as string };
          expect(await codeOf(core.ceremonies.prompt(handle, 'face', answer))).to.equal('ASIGNIO_REQUEST_INVALID');
        },
      ),
      { numRuns: 50 },
    );
    system.clock.advance(1_000);
    expect((await core.ceremonies.prompt(handle, 'face', { step: at.step, commitment: commitment() })).step).to.equal(
      1,
    );
  });

  it('of two answers to one step that come at once takes one', async () => {
    const { core, clock } = system;
    const handle = await beginFace(core, 'enrolment');
    const at = await core.ceremonies.prompt(handle, 'face');
    clock.advance(1_000);
    const codes = await Promise.all(
      [commitment(), commitment()].map((value) =>
        codeOf(core.ceremonies.prompt(handle, 'face', { step: at.step, commitment: value })),
      ),
    );
    expect(codes.sort()).to.deep.equal(['ASIGNIO_CEREMONY_ORDER', 'resolved']);
  });

  it('asks for signature and face in one ceremony, and decides by both', async () => {
    const { core } = system;
    await agree(core, 'signature');
    await enrolFace();
    await enrolSignature();
    for (const [who, outcome] of [
      ['ada', 'resolved'],
      ['eve', 'ASIGNIO_NOT_VERIFIED'],
    ] as const) {
      const handle = await beginBoth();
      await core.ceremonies.submit(handle, 'signature', sample({ who: 'ada' }));
      expect(await codeOf(core.ceremonies.complete(handle))).to.equal('ASIGNIO_CEREMONY_ORDER');
      await follow(handle);
      await core.ceremonies.submit(handle, 'face', sample({ who }));
      expect(await codeOf(core.ceremonies.complete(handle))).to.equal(outcome);
    }
  });

  it('asks in the last place for what is owed, and leaves the rest to chance', async () => {
    const owing = { ...PLAN, pool: ['blink', 'move-closer', 'turn-left'], oneOf: ['turn-left'] };
    system.engine.prompts = () => owing;
    const last = new Set<string | undefined>();
    for (let i = 0; i < 40; i++) {
      const { given } = await follow(await beginFace(system.core, 'enrolment'));
      const prompts = given.map(({ prompt }) => prompt);
      expect(prompts).to.include('turn-left');
      last.add(prompts.at(-1));
    }
    expect(last.size).to.be.above(1);
  });

  describe('with a drawing made while the camera looks', () => {
    const BESIDE: PromptPlan = { ...PLAN, beside: { modality: 'signature', prompt: 'sign', most: 30_000 } };
    const drawn = { sha256: commitment(), from: 6_000, to: 8_500 };

    beforeEach(async () => {
      system.engine.prompts = (modality) => (modality === 'face' ? BESIDE : null);
      await agree(system.core, 'signature');
      await enrolSignature();
      await enrolFace();
    });

    const accepted = async () =>
      (await system.core.audit.read(TENANT, 1, 1000)).findLast(({ event }) => event === 'verification.accepted')?.data;

    /** Follows the prompts as far as the step to sign. */
    async function toSigning(handle: CeremonyHandle) {
      const { ceremonies } = system.core;
      let at = await ceremonies.prompt(handle, 'face', { beside: 'signature' });
      expect(at.steps).to.equal(5);
      while (at.step < 4) {
        system.clock.advance(1_500);
        at = await ceremonies.prompt(handle, 'face', { step: at.step, commitment: commitment() });
      }
      expect(at).to.include({ prompt: 'sign', mostMs: 30_000 });
      return at;
    }

    it('asks for it last, gives it longer, and hands the engine what was said of it with both samples', async () => {
      const { core, clock, engine } = system;
      const handle = await beginBoth();
      const { step } = await toSigning(handle);
      clock.advance(20_000);
      const answer = { step, commitment: commitment(), sample: drawn };
      expect((await core.ceremonies.prompt(handle, 'face', answer)).prompt).to.equal(null);
      engine.challenges.length = 0;
      await core.ceremonies.submit(handle, 'signature', sample({ who: 'ada' }));
      await core.ceremonies.submit(handle, 'face', sample({ who: 'ada' }));
      expect((await core.ceremonies.complete(handle)).decision).to.equal('accepted');
      const [signature, face] = engine.challenges;
      expect(signature).to.deep.equal(face);
      expect(signature?.beside).to.deep.equal(drawn);
      expect(signature?.steps.at(-1)).to.include({ prompt: 'sign', heldMs: 20_000 });
      expect((await accepted())?.['together']).to.equal(true);
    });

    it('takes no word of a drawing elsewhere, nor the step to sign without one', async () => {
      const { core, clock } = system;
      const handle = await beginBoth();
      const first = await core.ceremonies.prompt(handle, 'face', { beside: 'signature' });
      clock.advance(1_500);
      const early = { step: first.step, commitment: commitment(), sample: drawn };
      expect(await codeOf(core.ceremonies.prompt(handle, 'face', early))).to.equal('ASIGNIO_REQUEST_INVALID');
      const { step } = await toSigning(handle);
      clock.advance(1_500);
      for (const wrong of [
        undefined,
        { ...drawn, sha256: 'short' },
        { ...drawn, from: -1 },
        { ...drawn, from: 9_000 },
        { ...drawn, to: Number.NaN },
      ]) {
        const answer = { step, commitment: commitment(), ...(wrong === undefined ? {} : { sample: wrong }) };
        expect(await codeOf(core.ceremonies.prompt(handle, 'face', answer))).to.equal('ASIGNIO_REQUEST_INVALID');
      }
    });

    it('is asked for only where the ceremony takes both, and the drawing is still to come', async () => {
      const { core } = system;
      const alone = await beginFace(core, 'verification');
      for (const beside of ['signature', 'voice'] as const)
        expect(await codeOf(core.ceremonies.prompt(alone, 'face', { beside }))).to.equal('ASIGNIO_REQUEST_INVALID');
      const both = await beginBoth();
      await core.ceremonies.submit(both, 'signature', sample({ who: 'ada' }));
      expect(await codeOf(core.ceremonies.prompt(both, 'face', { beside: 'signature' }))).to.equal(
        'ASIGNIO_CEREMONY_ORDER',
      );
    });

    it('may be given up for one after the other in the same ceremony, which then claims nothing', async () => {
      const { core, engine } = system;
      const handle = await beginBoth();
      await toSigning(handle);
      await core.ceremonies.submit(handle, 'signature', sample({ who: 'ada' }));
      expect(engine.challenges.at(-1)).to.equal(undefined);
      expect(await codeOf(core.ceremonies.submit(handle, 'face', sample({ who: 'ada' })))).to.equal(
        'ASIGNIO_CEREMONY_ORDER',
      );
      await follow(handle);
      await core.ceremonies.submit(handle, 'face', sample({ who: 'ada' }));
      expect((await core.ceremonies.complete(handle)).decision).to.equal('accepted');
      expect(await accepted())
        .to.be.an('object')
        .and.not.have.property('together');
    });

    describe('under a profile that asks for one sitting', () => {
      const answer = (step: number, sampled?: typeof drawn) => ({
        step,
        commitment: commitment(),
        ...(sampled === undefined ? {} : { sample: sampled }),
      });

      it('says so to the browser, refuses one after the other by code, and compares nothing', async () => {
        const { core, engine } = system;
        const handle = await beginBoth(TOGETHER.name);
        expect((await core.ceremonies.view(handle)).together).to.equal(true);
        expect(await core.ceremonies.view(await beginBoth())).to.not.have.property('together');
        engine.seen.length = 0;
        for (const apart of [
          () => core.ceremonies.submit(handle, 'signature', sample({ who: 'ada' })),
          () => core.ceremonies.prompt(handle, 'face'),
        ])
          expect(await codeOf(apart())).to.equal('ASIGNIO_TOGETHER_REQUIRED');
        // Nor does it help to begin together and to send a drawing that was never announced.
        await toSigning(handle);
        expect(await codeOf(core.ceremonies.submit(handle, 'signature', sample({ who: 'ada' })))).to.equal(
          'ASIGNIO_TOGETHER_REQUIRED',
        );
        expect(engine.seen).to.deep.equal([]);
      });

      it('accepts a pair of one sitting, and says so in the proof and the audit', async () => {
        const { core, clock } = system;
        const handle = await beginBoth(TOGETHER.name);
        const { step } = await toSigning(handle);
        clock.advance(9_000);
        await core.ceremonies.prompt(handle, 'face', answer(step, drawn));
        await core.ceremonies.submit(handle, 'signature', sample({ who: 'ada' }));
        await core.ceremonies.submit(handle, 'face', sample({ who: 'ada' }));
        await core.ceremonies.complete(handle);
        const proof = await core.ceremonies.redeem(handle);
        expect(proof).to.include({ acr: TOGETHER.acr, together: true });
        expect(proof.assurance).to.include.members([TOGETHER.name, 'both']);
        expect(await accepted()).to.include({ together: true, assurance: TOGETHER.name });
      });

      it('is not satisfied by a pair made one after the other for another profile', async () => {
        const { core } = system;
        const handle = await beginBoth();
        await core.ceremonies.submit(handle, 'signature', sample({ who: 'ada' }));
        await follow(handle);
        await core.ceremonies.submit(handle, 'face', sample({ who: 'ada' }));
        await core.ceremonies.complete(handle);
        const proof = await core.ceremonies.redeem(handle);
        expect(proof.together).to.equal(false);
        expect(proof.assurance).to.include('both').and.not.include(TOGETHER.name);
      });

      it('is not to be had where no modality looks on while the other sample is made', async () => {
        const { core, engine } = system;
        engine.prompts = (modality) => (modality === 'face' ? PLAN : null);
        expect(core.assurance.obstacles(TOGETHER.name)).to.have.length(1);
        expect(await codeOf(beginBoth(TOGETHER.name))).to.equal('ASIGNIO_ASSURANCE_UNAVAILABLE');
        expect(core.assurance.obstacles('both')).to.deep.equal([]);
      });
    });

    it('R1: touches neither where one of the two was not agreed to', async () => {
      const { core, engine } = system;
      const held = await core.subjects.held(TENANT, ADA);
      const face = held.consents.find(({ modality }) => modality === 'face');
      await core.subjects.withdraw(TENANT, ADA, face?.id as NonNullable<typeof face>['id']);
      engine.seen.length = 0;
      const handle = await beginBoth();
      await core.ceremonies.submit(handle, 'signature', sample({ who: 'ada' }));
      await follow(handle);
      await core.ceremonies.submit(handle, 'face', sample({ who: 'ada' }));
      expect(await codeOf(core.ceremonies.complete(handle))).to.equal('ASIGNIO_NOT_VERIFIED');
      expect(engine.seen).to.deep.equal([]);
    });
  });
});
