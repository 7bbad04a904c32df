import { expect } from 'chai';
import fc from 'fast-check';
import { subjectId, tenantId } from '@asignio/contracts';
import type { Permit } from '@asignio/contracts';
import { createNoticeRegister, createPermitAuthority, withdrawConsent } from '@asignio/policy';
import type { PermitRequest } from '@asignio/policy';
import { ADA, ENGLISH, NOTICES, NOW, REGISTER, TENANT, clockAt, codeOf, consent, successor } from './support.js';

const USE = { tenant: TENANT, subject: ADA, modality: 'signature' } as const;

function request(changes: Partial<PermitRequest> = {}): PermitRequest {
  return { ...USE, purpose: 'authentication', consents: [consent()], notices: REGISTER, ...changes };
}

describe('permits', () => {
  it('R1: are given for a live signed consent, and open what they name', () => {
    const authority = createPermitAuthority({ clock: clockAt() });
    const permit = authority.issue(request());
    expect(permit).to.include({ tenant: TENANT, subject: ADA, modality: 'signature', purpose: 'authentication' });
    authority.verify(permit, USE);
  });

  it('R1: are not given without consent, nor for a withdrawn one', () => {
    const authority = createPermitAuthority({ clock: clockAt() });
    expect(codeOf(() => authority.issue(request({ consents: [] })))).to.equal('ASIGNIO_CONSENT_REQUIRED');
    const withdrawn = withdrawConsent(consent(), NOW);
    expect(codeOf(() => authority.issue(request({ consents: [withdrawn] })))).to.equal('ASIGNIO_CONSENT_REQUIRED');
  });

  it("R1: are not given on somebody else's consent, another tenant's, or one to another modality", () => {
    const authority = createPermitAuthority({ clock: clockAt() });
    for (const changes of [{ subject: subjectId('eve') }, { tenant: tenantId('other') }, { modality: 'face' as const }])
      expect(codeOf(() => authority.issue(request(changes)))).to.equal('ASIGNIO_CONSENT_REQUIRED');
  });

  it('R5: are not given for a purpose that was not agreed to', () => {
    const authority = createPermitAuthority({ clock: clockAt() });
    for (const purpose of ['improvement', 'vendor-comparison', 'location', 'transfer'] as const)
      expect(codeOf(() => authority.issue(request({ purpose })))).to.equal('ASIGNIO_CONSENT_REQUIRED');
  });

  it('R11: are never given for sale, lease, trade or marketing, whatever is cast', () => {
    const authority = createPermitAuthority({ clock: clockAt() });
    for (const purpose of ['sale', 'lease', 'trade', 'marketing', '__proto__', ''])
      expect(codeOf(() => authority.issue(request({ purpose: purpose as 'authentication' })))).to.equal(
        'ASIGNIO_PURPOSE_FORBIDDEN',
      );
  });

  it('R33: are refused as stale after a material change, and given after a minor one', () => {
    const clock = clockAt();
    const authority = createPermitAuthority({ clock });
    for (const material of [true, false]) {
      const notices = createNoticeRegister([...NOTICES, successor(1000, material)]);
      clock.at = NOW + 999;
      authority.issue(request({ notices }));
      clock.at = NOW + 1000;
      expect(codeOf(() => authority.issue(request({ notices })))).to.equal(
        material ? 'ASIGNIO_CONSENT_STALE' : 'returned',
      );
    }
  });

  it('R39: for measuring are given for a registered data set alone, never for a subject', () => {
    const authority = createPermitAuthority({ clock: clockAt() });
    const dataset = { name: 'svc', source: 'a competition', licence: 'research', jurisdiction: 'HK' };
    const permit = authority.issueEvaluation({ dataset, model: 'u1', modality: 'signature' });
    expect(permit.purpose).to.equal('evaluation');
    expect(codeOf(() => authority.verify(permit, USE))).to.equal('ASIGNIO_PERMIT_INVALID');
    expect(codeOf(() => authority.issue(request({ purpose: 'evaluation' })))).to.equal('ASIGNIO_PURPOSE_FORBIDDEN');
    for (const field of ['name', 'source', 'licence', 'jurisdiction'])
      expect(
        codeOf(() =>
          authority.issueEvaluation({ dataset: { ...dataset, [field]: ' ' }, model: 'u1', modality: 'signature' }),
        ),
      ).to.equal('ASIGNIO_PURPOSE_FORBIDDEN');
  });

  it('cannot be made by anybody else: copies, look-alikes and changed ones open nothing', () => {
    const authority = createPermitAuthority({ clock: clockAt() });
    const permit = authority.issue(request());
    const copies = [{ ...permit }, JSON.parse(JSON.stringify(permit)), Object.create(permit), structuredClone(permit)];
    for (const copy of copies as Permit[])
      expect(codeOf(() => authority.verify(copy, USE))).to.equal('ASIGNIO_PERMIT_INVALID');
    expect(() => {
      (permit as { subject: unknown }).subject = 'eve';
    }).to.throw(TypeError);
    const other = createPermitAuthority({ clock: clockAt() });
    expect(codeOf(() => other.verify(permit, USE))).to.equal('ASIGNIO_PERMIT_INVALID');
  });

  it('open nothing but what they name', () => {
    const authority = createPermitAuthority({ clock: clockAt() });
    const permit = authority.issue(request());
    for (const changes of [{ subject: subjectId('eve') }, { tenant: tenantId('other') }, { modality: 'face' as const }])
      expect(codeOf(() => authority.verify(permit, { ...USE, ...changes }))).to.equal('ASIGNIO_PERMIT_INVALID');
  });

  it('expire, also when the clock is set back afterwards by more than their life', () => {
    const clock = clockAt();
    const authority = createPermitAuthority({ clock, lifetimeMs: 1000 });
    const permit = authority.issue(request());
    clock.at = NOW + 999;
    authority.verify(permit, USE);
    for (const at of [NOW + 1000, NOW - 1001]) {
      clock.at = at;
      expect(codeOf(() => authority.verify(permit, USE))).to.equal('ASIGNIO_PERMIT_INVALID');
    }
  });

  it('R4: of a withdrawn consent are worthless at once', () => {
    const authority = createPermitAuthority({ clock: clockAt() });
    const record = consent();
    const permit = authority.issue(request({ consents: [record] }));
    authority.revoke(record.id);
    expect(codeOf(() => authority.verify(permit, USE))).to.equal('ASIGNIO_PERMIT_INVALID');
    expect(codeOf(() => authority.issue(request({ consents: [record] })))).to.equal('ASIGNIO_CONSENT_REQUIRED');
  });

  it('never exist without a live consent, whatever is granted, withdrawn, published and however the clock jumps', () => {
    const step = fc.record({
      what: fc.constantFrom('grant', 'withdraw', 'publish', 'minor', 'jump'),
      by: fc.integer({ min: -5000, max: 5000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const clock = clockAt();
        const authority = createPermitAuthority({ clock });
        const published = [ENGLISH];
        let consents = [consent(createNoticeRegister(published))];
        for (const { what, by } of steps) {
          if (what === 'jump') clock.at = Math.max(NOW, clock.at + by);
          if (what === 'publish' || what === 'minor')
            published.push({
              ...successor(clock.at - NOW + published.length, what === 'publish'),
              version: `v${published.length}`,
            });
          if (what === 'withdraw') consents = consents.map((record) => withdrawConsent(record, clock.at));
          if (what === 'grant')
            consents = [...consents, { ...consent(), noticeVersion: published.at(-1)?.version ?? '' }];
          const notices = createNoticeRegister(published);
          const live = consents.some(
            (record) =>
              record.state === 'granted' &&
              !published
                .slice(published.findIndex(({ version }) => version === record.noticeVersion) + 1)
                .some(({ material, effectiveAt }) => material && effectiveAt <= clock.at),
          );
          const outcome = codeOf(() => authority.issue(request({ consents, notices })));
          expect(outcome === 'returned').to.equal(live);
        }
      }),
    );
  });
});
