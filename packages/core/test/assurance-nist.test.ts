import { expect } from 'chai';
import type { Modality } from '@asignio/contracts';
import { Claims, DEFAULT_PROFILES, nist63b4 } from '@asignio/core';
import type { AuthenticatorProof, CeremonyHandle, CoreOptions, ModelEvidence } from '@asignio/core';
import { ADA, ORIGIN, TENANT, attempt, codeOf, enrol, events, grant, makeSystem, sample } from './harness.js';
import type { System } from './harness.js';

const PASSKEY = (system: System): AuthenticatorProof => ({ factor: 'passkey', at: system.clock.now() });
/** What a laboratory would have to have found: no error in 30,000 independent comparisons. */
const TESTED: ModelEvidence = {
  modality: 'signature',
  model: 'fake@1.0.0',
  falseMatch: { fmr: 1e-4, threshold: 4, comparisons: 30_000, source: 'a test' },
};
const GOOD_PAD = { pad: { iapar: 0.069, source: 'a test' } };

describe('the profile nist-63b4', function () {
  this.timeout(60_000);
  let system: System;

  const start = async (options: Partial<CoreOptions> = {}) => {
    system = await makeSystem({ assurance: [...DEFAULT_PROFILES, nist63b4()], evidence: [TESTED], ...options });
    await grant(system.core);
    await enrol(system.core);
  };

  afterEach(async () => system?.dispose());

  const begin = async (authenticator?: AuthenticatorProof, assurance = 'nist-63b4') => {
    const { view, binding } = await system.core.ceremonies.begin({
      tenant: TENANT,
      kind: 'verification',
      modalities: ['signature'],
      subject: ADA,
      signedIn: true,
      origin: ORIGIN,
      assurance,
      ...(authenticator === undefined ? {} : { authenticator }),
    });
    return { tenant: TENANT, id: view.id, binding, origin: ORIGIN, requester: ADA } satisfies CeremonyHandle;
  };
  const verified = async (score: number, authenticator?: AuthenticatorProof, assurance?: string) => {
    const handle = await begin(authenticator, assurance);
    await system.core.ceremonies.submit(handle, 'signature', sample({ who: 'ada', score }));
    await system.core.ceremonies.complete(handle);
    return handle;
  };
  const failing = async () => codeOf(verified(0));

  it('63B-4 3.2.3.1: decides at a false match rate of 1 : 10,000, where the default profiles would accept', async () => {
    await start();
    // The fake engine's threshold is 4 at 1 : 10,000.
    expect(await codeOf(verified(3.99, PASSKEY(system)))).to.equal('ASIGNIO_NOT_VERIFIED');
    expect(await attempt(system.core, { who: 'ada', score: 3.99 })).to.equal('accepted');
    const handle = await verified(4, PASSKEY(system));
    expect((await system.core.ceremonies.redeem(handle)).assurance).to.include('nist-63b4');
  });

  it('63B-4 3.2.3.1: is refused when asked for, and never satisfied, while the model’s data do not support that rate', async () => {
    await start({ evidence: [] });
    expect(await codeOf(begin(PASSKEY(system)))).to.equal('ASIGNIO_ASSURANCE_UNAVAILABLE');
    const handle = await verified(9, PASSKEY(system), 'signature');
    expect((await system.core.ceremonies.redeem(handle)).assurance).to.deep.equal(['signature', 'signature-strict']);
    expect(system.core.assurance.obstacles('nist-63b4')).to.have.length(1);
    expect(system.core.assurance.obstacles('signature')).to.deep.equal([]);
    // Nobody's attempts are used up by what could not succeed.
    expect((await system.core.subjects.held(TENANT, ADA)).failedAttempts).to.equal(0);
  });

  it('63B-4 3.2.3.1: a claim holds by its comparisons (rule of 3), for that very model, at no lower a threshold', () => {
    const model = { name: 'net', version: '2.0.0' };
    const engine = {
      model: () => model,
      threshold: (_modality: Modality, fmr: number) => -Math.log10(fmr),
      claims: () => ({ falseMatch: null, pad: null }),
    };
    const claim = { fmr: 1e-4, threshold: 4, comparisons: 30_000, source: 'a test' };
    const obstacles = (evidence: ModelEvidence) => new Claims(engine, [evidence]).obstacles(nist63b4(['signature']));
    const good: ModelEvidence = { modality: 'signature', model: 'net@2.0.0', falseMatch: claim };
    expect(obstacles(good)).to.deep.equal([]);
    for (const wrong of [
      { ...good, falseMatch: { ...claim, comparisons: 29_999 } },
      { ...good, falseMatch: { ...claim, fmr: 1.1e-4 } },
      { ...good, falseMatch: { ...claim, threshold: 4.01 } },
      { ...good, model: 'net@2.0.1' },
      { ...good, modality: 'face' as const },
      { modality: 'signature' as const, model: 'net@2.0.0', falseMatch: null },
    ])
      expect(obstacles(wrong), JSON.stringify(wrong)).to.have.length(1);
    expect(obstacles({ ...good, falseMatch: { ...claim, comparisons: 300 } })[0]).to.contain('1 : 100 at best');
  });

  it('63B-4 3.2.3: biometrics alone never satisfy it: without an authenticator there is no proof of it', async () => {
    await start();
    const handle = await verified(9);
    expect(await codeOf(system.core.ceremonies.redeem(handle))).to.equal('ASIGNIO_ASSURANCE_REQUIRED');
    const other = await verified(9, undefined, 'signature');
    expect((await system.core.ceremonies.redeem(other)).assurance).to.not.include('nist-63b4');
    // What was accepted is still there for who brings the authenticator.
    const proof = await system.core.ceremonies.redeem(handle, { factor: 'device', at: system.clock.now() });
    expect(proof).to.deep.include({ acr: 'urn:asignio:acr:nist-63b4', factors: ['signature', 'device'] });
    expect(proof.amr).to.deep.equal(['signature', 'device']);
    expect(proof.assurance).to.include('nist-63b4');
  });

  it('63B-4 3.2.3: an authenticator proved at the beginning counts, and lifts other profiles’ proofs as well', async () => {
    await start();
    const handle = await verified(9, PASSKEY(system));
    expect((await system.core.ceremonies.redeem(handle)).factors).to.deep.equal(['signature', 'passkey']);
    const other = await verified(9, PASSKEY(system), 'signature');
    expect((await system.core.ceremonies.redeem(other)).assurance).to.include('nist-63b4');
  });

  it('63B-4 3.2.3: an authenticator of another sign-in, or that is none, is refused', async () => {
    await start();
    const now = system.clock.now();
    for (const wrong of [
      { factor: 'passkey', at: now - 10 * 60_000 - 1 },
      { factor: 'passkey', at: now + 60_001 },
      { factor: 'passkey', at: Number.NaN },
      { factor: 'passkey' },
      { factor: 'signature', at: now },
      { factor: 'password', at: now },
    ] as unknown as AuthenticatorProof[]) {
      expect(await codeOf(begin(wrong)), JSON.stringify(wrong)).to.equal('ASIGNIO_REQUEST_INVALID');
      const handle = await verified(9);
      expect(await codeOf(system.core.ceremonies.redeem(handle, wrong))).to.equal('ASIGNIO_REQUEST_INVALID');
    }
  });

  it('63B-4 3.2.3.2: takes no voice, as a factor or beside one', async () => {
    expect(() => nist63b4(['voice']))
      .to.throw('takes no voice')
      .with.property('code', 'ASIGNIO_OPTION_INVALID');
    const smuggled = { ...nist63b4(), factors: ['signature', 'voice'] as const };
    expect(await codeOf(makeSystem({ assurance: [...DEFAULT_PROFILES, smuggled] }))).to.equal('ASIGNIO_OPTION_INVALID');
    await start({ modalities: ['signature', 'voice'] });
    const both = system.core.ceremonies.begin({
      tenant: TENANT,
      kind: 'verification',
      modalities: ['signature', 'voice'],
      subject: ADA,
      signedIn: false,
      origin: ORIGIN,
      assurance: 'nist-63b4',
    });
    expect(await codeOf(both)).to.equal('ASIGNIO_REQUEST_INVALID');
  });

  it('63B-4 3.2.3.2: takes face only with a PAD that was tested to an IAPAR below 0.07', () => {
    const engine = {
      model: () => ({ name: 'net', version: '1.0.0' }),
      threshold: () => 4,
      claims: () => ({ falseMatch: null, pad: null }),
    };
    const face: ModelEvidence = { ...TESTED, modality: 'face', model: 'net@1.0.0' };
    const obstacles = (evidence: ModelEvidence) => new Claims(engine, [evidence]).obstacles(nist63b4(['face']));
    expect(obstacles({ ...face, ...GOOD_PAD })).to.deep.equal([]);
    expect(obstacles({ ...face, pad: { iapar: 0.07, source: 'a test' } })[0]).to.contain('no PAD');
    expect(obstacles(face)[0]).to.contain('no PAD');
  });

  it('63B-4 3.2.3.3: five failures, then 30 s before each, and off at fifty, where no PAD was tested', async () => {
    await start();
    for (let n = 0; n < 5; n++) expect(await failing()).to.equal('ASIGNIO_NOT_VERIFIED');
    expect(await failing()).to.equal('ASIGNIO_ATTEMPTS_WAIT');
    system.clock.advance(29_999);
    expect(await failing()).to.equal('ASIGNIO_ATTEMPTS_WAIT');
    for (let n = 5; n < 50; n++) {
      system.clock.advance(30_000);
      expect(await failing()).to.equal('ASIGNIO_NOT_VERIFIED');
    }
    system.clock.advance(86_400_000);
    expect(await failing()).to.equal('ASIGNIO_ATTEMPTS_DISABLED');
    expect((await events(system.core)).filter((event) => event.startsWith('attempts.'))).to.deep.equal([
      'attempts.locked',
      'attempts.disabled',
    ]);
  });

  it('63B-4 3.2.3.3: ten failures, and off at a hundred, with a PAD that was tested', async () => {
    await start({ evidence: [{ ...TESTED, ...GOOD_PAD }] });
    for (let n = 0; n < 10; n++) expect(await failing()).to.equal('ASIGNIO_NOT_VERIFIED');
    expect(await failing()).to.equal('ASIGNIO_ATTEMPTS_WAIT');
    for (let n = 10; n < 100; n++) {
      system.clock.advance(30_000);
      expect(await failing()).to.equal('ASIGNIO_NOT_VERIFIED');
    }
    system.clock.advance(30_000);
    expect(await failing()).to.equal('ASIGNIO_ATTEMPTS_DISABLED');
  });

  it('63B-4 3.2.3.3: holds to its own limits whatever the system’s are, and counts what failed under another profile', async () => {
    await start({ attempts: { free: 20, delay: 1000, disableAt: 1000 } });
    for (let n = 0; n < 5; n++) expect(await attempt(system.core, { who: 'mallory' })).to.equal('ASIGNIO_NOT_VERIFIED');
    expect(await failing()).to.equal('ASIGNIO_ATTEMPTS_WAIT');
    expect(await attempt(system.core, { who: 'mallory' })).to.equal('ASIGNIO_NOT_VERIFIED');
  });

  it('63B-4: every number has the text beside it that it is from', () => {
    for (const [name, condition] of Object.entries(nist63b4().conditions ?? {}))
      expect((condition as { source: string }).source, name).to.match(/^NIST SP 800-63B-4 3\.2\.3/);
    expect(nist63b4().source).to.contain('3.2.3.1');
  });

  it('is not taken as a default that nobody could satisfy', async () => {
    expect(await codeOf(makeSystem({ assurance: [nist63b4()] }))).to.equal('ASIGNIO_OPTION_INVALID');
    system = await makeSystem({ assurance: [nist63b4()], evidence: [TESTED] });
    expect(system.core.assurance.profiles.map(({ name }) => name)).to.deep.equal(['nist-63b4']);
  });
});
