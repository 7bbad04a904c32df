import { expect } from 'chai';
import { MODALITIES, PURPOSES, subjectId, tenantId } from '@asignio/contracts';
import type { ConsentId, Permit, PermitUse, Purpose } from '@asignio/contracts';
import {
  createNoticeRegister,
  createPermitAuthority,
  denialEvent,
  grantConsent,
  UNHINDERED,
  withdrawConsent,
  registerDataset,
} from '@asignio/policy';
import type { ConsentRecord, PermitAuthority, PermitRequest, RegisteredDataset } from '@asignio/policy';
import {
  ADA,
  askingFor,
  codeOf,
  consent,
  ENGLISH,
  NOTICES,
  notice,
  NOW,
  release,
  stoppedClock,
  TENANT,
} from './support/fixtures.js';

const USE: PermitUse = { tenant: TENANT, subject: ADA, modality: 'signature' };
const MINUTE = 60_000;

describe('permits', () => {
  let clock: ReturnType<typeof stoppedClock>;
  let permits: PermitAuthority;

  beforeEach(() => {
    clock = stoppedClock();
    permits = createPermitAuthority({ clock });
  });

  function ask(consents: readonly ConsentRecord[], changes: Partial<PermitRequest> = {}): Permit {
    return permits.issue({
      tenant: TENANT,
      subject: ADA,
      modality: 'signature',
      purpose: 'authentication',
      consents,
      notices: NOTICES,
      ...changes,
    });
  }

  it('R1: a live, signed consent gives a permit for exactly what it is to', () => {
    const given = consent();
    const permit = ask([given]);
    expect(permit).to.include({ ...USE, purpose: 'authentication', consent: given.id, issuedAt: NOW });
    expect(permit.expiresAt).to.equal(NOW + MINUTE);
    expect(() => permits.verify(permit, USE)).to.not.throw();
  });

  it('R1: without a consent there is none', () => {
    expect(codeOf(() => ask([]))).to.equal('ASIGNIO_CONSENT_REQUIRED');
  });

  it('R1: a consent of another tenant, subject, modality or purpose is none', () => {
    const others = [
      consent({ tenant: tenantId('other') }),
      consent({ subject: subjectId('somebody else') }),
      { ...consent(), modality: 'face' as const },
      { ...consent(), purpose: 'improvement' as const },
    ];
    expect(codeOf(() => ask(others))).to.equal('ASIGNIO_CONSENT_REQUIRED');
  });

  it('R2: a consent without the signature under its release is none', () => {
    const [unsigned] = grantConsent(release(), NOW) as [ConsentRecord];
    expect(codeOf(() => ask([unsigned]))).to.equal('ASIGNIO_CONSENT_REQUIRED');
  });

  it('R4: withdrawing ends the permits that are out, and gives no new one', () => {
    const given = consent();
    const permit = ask([given]);
    permits.revoke(given.id);
    expect(codeOf(() => permits.verify(permit, USE))).to.equal('ASIGNIO_PERMIT_INVALID');
    expect(codeOf(() => ask([withdrawConsent(given, NOW)]))).to.equal('ASIGNIO_CONSENT_REQUIRED');
  });

  it('R4: consents that were read before a withdrawal give no permit after it, nor do copies of the agreement', () => {
    const given = consent();
    const copy = consent();
    clock.advance(1);
    permits.revoke(given.id);
    expect(codeOf(() => ask([given, copy]))).to.equal('ASIGNIO_CONSENT_REQUIRED');
  });

  it('R4: withdrawing one of two agreements to the same withdraws both', () => {
    const first = consent();
    const second = consent({}, NOW + 1000);
    clock.set(NOW + 2000);
    for (const consents of [
      [withdrawConsent(first, NOW + 2000), second],
      [first, withdrawConsent(second, NOW + 2000)],
    ])
      expect(codeOf(() => ask(consents))).to.equal('ASIGNIO_CONSENT_REQUIRED');
  });

  it('R4: who agrees again after withdrawing has a permit again, from the newest consent', () => {
    const old = withdrawConsent(consent(), NOW + 1000);
    const again = consent({}, NOW + 2000);
    clock.set(NOW + 2000);
    expect(ask([again, old]).consent).to.equal(again.id);
  });

  it('R4: a permit outlives the withdrawals of ten thousand others, and none of them comes back while it could matter', () => {
    const given = consent();
    permits.revoke(given.id);
    for (let n = 0; n < 20_000; n++) permits.revoke(`other${n}` as ConsentId);
    expect(codeOf(() => ask([given]))).to.equal('ASIGNIO_CONSENT_REQUIRED');
  });

  it('R5: agreeing to sign in permits no other purpose, and the refusal is on record as such', () => {
    for (const purpose of PURPOSES.filter((other) => other !== 'authentication' && other !== 'evaluation')) {
      expect(codeOf(() => ask([consent()], { purpose }))).to.equal('ASIGNIO_CONSENT_REQUIRED');
      expect(denialEvent('ASIGNIO_CONSENT_REQUIRED', purpose)).to.equal('purpose.denied');
    }
  });

  it('R5: each purpose that was agreed to has a permit of its own', () => {
    const notices = createNoticeRegister([askingFor('authentication', 'improvement')]);
    const given = consent({ purposes: ['improvement'], notices });
    expect(ask([given], { purpose: 'improvement', notices }).purpose).to.equal('improvement');
    expect(codeOf(() => ask([given], { notices }))).to.equal('ASIGNIO_CONSENT_REQUIRED');
  });

  it('R11: there is no permit to sell, lease, trade or market, whatever is cast', () => {
    for (const purpose of [
      'sale',
      'lease',
      'trade',
      'marketing',
      'Authentication',
      '',
      null,
      undefined,
      ['authentication'],
      { toString: () => 'authentication' },
    ]) {
      const forged = { ...consent(), purpose: purpose as Purpose };
      expect(
        codeOf(() => ask([forged], { purpose: purpose as Purpose })),
        String(purpose),
      ).to.equal('ASIGNIO_PURPOSE_FORBIDDEN');
    }
  });

  it('R21: a subject whose data are restricted has no permit, whatever was agreed', () => {
    const standing = { ...UNHINDERED, restrictedAt: NOW };
    expect(codeOf(() => ask([consent()], { standing }))).to.equal('ASIGNIO_PROCESSING_RESTRICTED');
  });

  it('R23: an objection takes one purpose away and leaves the others', () => {
    const standing = { ...UNHINDERED, objections: ['improvement' as const] };
    const notices = createNoticeRegister([askingFor('authentication', 'improvement')]);
    const both = [consent({ notices }), consent({ purposes: ['improvement'], notices })];
    const asked = { standing, notices };
    expect(codeOf(() => ask(both, { ...asked, purpose: 'improvement' }))).to.equal('ASIGNIO_PURPOSE_OBJECTED');
    expect(ask(both, asked).purpose).to.equal('authentication');
  });

  it('R34: a minor without a guardian has no permit', () => {
    const standing = { ...UNHINDERED, minorAlone: true };
    expect(codeOf(() => ask([consent()], { standing }))).to.equal('ASIGNIO_MINOR_BLOCKED');
  });

  it('R33: a consent of the old notice gives no permit after a material change', () => {
    const notices = createNoticeRegister([ENGLISH, notice({ version: '2', effectiveAt: NOW + 1000 })]);
    const given = consent({ notices });
    expect(() => ask([given], { notices })).to.not.throw();
    clock.set(NOW + 1000);
    expect(codeOf(() => ask([given], { notices }))).to.equal('ASIGNIO_CONSENT_STALE');
    const again = consent({ notices }, NOW + 1000);
    expect(ask([given, again], { notices }).consent).to.equal(again.id);
  });

  it('R39: a data set has a permit to be measured with when it is registered in full, and no subject has one', () => {
    const dataset = { name: 'svc', source: 'https://example.org', licence: 'CC BY 4.0', jurisdiction: 'EU' };
    const request = { dataset: registerDataset(dataset), model: 'u1', modality: 'signature' } as const;
    const permit = permits.issueEvaluation(request);
    expect(permit.purpose).to.equal('evaluation');
    expect(() => permits.verify(permit, permit)).to.not.throw();
    for (const field of Object.keys(dataset))
      expect(
        codeOf(() => registerDataset({ ...dataset, [field]: ' ' })),
        field,
      ).to.equal('ASIGNIO_DATASET_UNREGISTERED');
    for (const unregistered of [dataset, { ...request.dataset }, structuredClone(request.dataset), null])
      expect(
        codeOf(() => permits.issueEvaluation({ ...request, dataset: unregistered as RegisteredDataset })),
      ).to.equal('ASIGNIO_DATASET_UNREGISTERED');
    const forged = { ...consent(), purpose: 'evaluation' as const };
    expect(codeOf(() => ask([forged], { purpose: 'evaluation' }))).to.equal('ASIGNIO_PURPOSE_FORBIDDEN');
    expect(() => subjectId(permit.subject)).to.throw();
  });

  it('recognises no copy, look-alike, proxy or permit of another authority', () => {
    const permit = ask([consent()]);
    const elsewhere = createPermitAuthority({ clock });
    const forgeries: unknown[] = [
      { ...permit },
      JSON.parse(JSON.stringify(permit)),
      structuredClone(permit),
      Object.create(permit),
      new Proxy(permit, {}),
      elsewhere.issueEvaluation({
        dataset: registerDataset({ name: 'a', source: 'a', licence: 'a', jurisdiction: 'a' }),
        model: 'm',
        modality: 'signature',
      }),
      null,
      undefined,
      'permit',
      42,
    ];
    for (const forged of forgeries)
      expect(codeOf(() => permits.verify(forged as Permit, USE))).to.equal('ASIGNIO_PERMIT_INVALID');
    expect(codeOf(() => elsewhere.verify(permit, USE))).to.equal('ASIGNIO_PERMIT_INVALID');
  });

  it('cannot be changed once issued', () => {
    const permit = ask([consent()]);
    expect(() => Object.assign(permit, { expiresAt: Infinity })).to.throw(TypeError);
    expect(permit.expiresAt).to.equal(NOW + MINUTE);
  });

  it('opens nothing of another tenant, subject or modality', () => {
    const permit = ask([consent()]);
    const wrong = [
      { ...USE, tenant: tenantId('other') },
      { ...USE, subject: subjectId('somebody else') },
      ...MODALITIES.filter((other) => other !== 'signature').map((modality) => ({ ...USE, modality })),
    ];
    for (const use of wrong) expect(codeOf(() => permits.verify(permit, use))).to.equal('ASIGNIO_PERMIT_INVALID');
  });

  it('opens nothing from the moment on at which it expires', () => {
    const permit = ask([consent()]);
    clock.advance(MINUTE - 1);
    expect(() => permits.verify(permit, USE)).to.not.throw();
    clock.advance(1);
    expect(codeOf(() => permits.verify(permit, USE))).to.equal('ASIGNIO_PERMIT_INVALID');
  });

  it('does not come back to life when the clock is set back', () => {
    const permit = ask([consent()]);
    clock.advance(2 * MINUTE);
    expect(codeOf(() => permits.verify(permit, USE))).to.equal('ASIGNIO_PERMIT_INVALID');
    clock.set(NOW);
    expect(codeOf(() => permits.verify(permit, USE))).to.equal('ASIGNIO_PERMIT_INVALID');
  });

  it('ends with a clock that is set back while it is out; a new one is good at once', () => {
    const given = consent();
    const permit = ask([given]);
    clock.set(NOW - 10 * MINUTE);
    expect(codeOf(() => permits.verify(permit, USE))).to.equal('ASIGNIO_PERMIT_INVALID');
    expect(() => permits.verify(ask([given]), USE)).to.not.throw();
  });

  it('bears a clock that is kept right by steps of less than a second, and gains no time by them', () => {
    const permit = ask([consent()]);
    clock.advance(MINUTE - 1);
    permits.verify(permit, USE);
    clock.advance(-900);
    expect(() => permits.verify(permit, USE)).to.not.throw();
    clock.advance(901);
    expect(codeOf(() => permits.verify(permit, USE))).to.equal('ASIGNIO_PERMIT_INVALID');
  });

  it('ends with a clock that goes back by many small steps as with one that goes back by one', () => {
    const permit = ask([consent()]);
    clock.advance(-900);
    expect(() => permits.verify(permit, USE)).to.not.throw();
    clock.advance(-900);
    expect(codeOf(() => permits.verify(permit, USE))).to.equal('ASIGNIO_PERMIT_INVALID');
  });

  it('is not issued, and ends, where the clock gives no time', () => {
    const permit = ask([consent()]);
    clock.set(NaN);
    expect(codeOf(() => ask([consent()]))).to.equal('ASIGNIO_PERMIT_INVALID');
    expect(codeOf(() => permits.verify(permit, USE))).to.equal('ASIGNIO_PERMIT_INVALID');
    clock.set(NOW);
    expect(codeOf(() => permits.verify(permit, USE))).to.equal('ASIGNIO_PERMIT_INVALID');
    expect(() => permits.verify(ask([consent()]), USE)).to.not.throw();
  });

  it('lives as long as the option says, within bounds', () => {
    permits = createPermitAuthority({ clock, lifetimeMs: 5 });
    const permit = ask([consent()]);
    clock.advance(5);
    expect(codeOf(() => permits.verify(permit, USE))).to.equal('ASIGNIO_PERMIT_INVALID');
    for (const lifetimeMs of [0, -1, NaN, 1.5, Infinity, 3_600_000])
      expect(codeOf(() => createPermitAuthority({ clock, lifetimeMs }))).to.equal('ASIGNIO_OPTION_INVALID');
  });

  it('names the audit event of each refusal, and none for a fault', () => {
    expect(denialEvent('ASIGNIO_CONSENT_REQUIRED', 'authentication')).to.equal('collection.denied');
    expect(denialEvent('ASIGNIO_CONSENT_STALE', 'authentication')).to.equal('consent.stale');
    expect(denialEvent('ASIGNIO_PURPOSE_FORBIDDEN', 'authentication')).to.equal('purpose.denied');
    expect(denialEvent('ASIGNIO_STORAGE_UNAVAILABLE', 'authentication')).to.equal(undefined);
  });
});
