import { AsignioError, subjectId } from '@asignio/contracts';
import type { Clock, ConsentId, SubjectId, TenantId } from '@asignio/contracts';
import { ageBand, custodialUntil, isMinor } from '@asignio/policy';
import type { AgeStatement } from '@asignio/policy';
import type { ConsentView, GrantRequest, HeldData, Subjects } from '../api.ts';
import type { AuditChain } from '../audit/chain.ts';
import { newId } from '../ceremony/binding.ts';
import type { Operator, Staff } from '../governance/api.ts';
import type { Signer } from '../signer.ts';
import type { Typed } from '../store/repository.ts';
import type { Vault } from '../vault.ts';
import type { Guardians, GuardianshipView, MinorReport, Requester, RequestView, Reviews } from './api.ts';
import type { Cases } from './cases.ts';
import { guardianKey } from './custody-store.ts';
import type { CustodyStore, WardRecord } from './custody-store.ts';
import type { Erasures } from './erasures.ts';
import type { Gate, Person } from './gate.ts';
import { checkAgeReport, checkChild, checkCustody, checkGuardian, checkTakingBack } from './input.ts';
import type { Minors } from './minors.ts';
import type { Texts } from './texts.ts';

/** What a guardian adds to a release that they sign for somebody. */
export interface Custody {
  /** Pseudonym. */
  readonly guardian: string;
  /** When it ends at the latest, ms since the epoch. */
  readonly until: number;
}

export interface GuardianTools {
  readonly custody: CustodyStore;
  readonly minors: Minors;
  readonly gate: Gate;
  readonly cases: Cases;
  readonly erasures: Erasures;
  readonly subjects: Pick<Subjects, 'held' | 'withdraw' | 'consents'> & {
    grant(request: GrantRequest, custody: Custody): ReturnType<Subjects['grant']>;
  };
  readonly texts: Texts;
  readonly vault: Vault;
  readonly signer: Signer;
  readonly staff: Staff;
  readonly audit: AuditChain;
  readonly clock: Clock;
}

/** R34: {@link Guardians}, and what operators do about them. */
export class GuardianService implements Guardians {
  private readonly tools: GuardianTools;

  constructor(tools: GuardianTools) {
    this.tools = tools;
  }

  /** An operator has seen papers that show it; what they were and where they are kept is sealed. */
  async verify(
    tenant: TenantId,
    operator: Operator,
    input: Parameters<Reviews['verifyGuardian']>[2],
  ): Promise<GuardianshipView> {
    const { staff, vault, custody, texts, signer, audit, clock } = this.tools;
    const { pseudonym: by } = await staff.require(tenant, operator, 'privacy-officer');
    const { guardian: guardianId, child: childId, relation, evidence, reference } = checkCustody(input);
    const guardian = await vault.pseudonym(tenant, subjectId(guardianId));
    const child = await vault.pseudonym(tenant, subjectId(childId));
    if (guardian === child) throw new AsignioError('ASIGNIO_REQUEST_INVALID', 'Nobody is their own guardian');
    if ((await custody.minor(tenant, guardian)) !== undefined)
      throw new AsignioError('ASIGNIO_REQUEST_INVALID', 'A guardian is of age');
    const at = clock.now();
    const facts = { guardian, child, relation, evidence, verifiedAt: new Date(at).toISOString(), verifiedBy: by };
    const attestation = await signer.sign(tenant, 'asignio-custody+jws', {
      type: 'verified guardian',
      tenant,
      ...facts,
    });
    // The entry comes first: a guardian who was verified without one would have been verified by nobody.
    await audit.append(tenant, {
      id: `custody:${newId()}`,
      event: 'custodian.verified',
      subject: child,
      at,
      data: { guardian, relation, evidence, operator: by },
    });
    const sealed = await texts.seal(tenant, guardian, guardianKey(guardian), child, subjectId(childId));
    const sealedReference = await vault.sealRecord(tenant, `custody|${child}`, Buffer.from(reference, 'utf8'));
    await custody.link(tenant, guardian, child, sealed);
    const ward = await custody.updateWard(tenant, child, (value) => {
      if (value !== undefined && value.guardian !== guardian)
        throw new AsignioError('ASIGNIO_REQUEST_INVALID', 'Somebody else stands for this person; end that first');
      return {
        is: 'ward',
        subject: child,
        guardian,
        relation,
        evidence,
        reference: sealedReference,
        verifiedAt: at,
        verifiedBy: by,
        attestation,
        signedAt: null,
      };
    });
    return this.view(ward as Typed<WardRecord>);
  }

  async end(tenant: TenantId, operator: Operator, input: { readonly child: SubjectId }): Promise<GuardianshipView> {
    const { staff, vault, custody, minors } = this.tools;
    const { pseudonym: by } = await staff.require(tenant, operator, 'privacy-officer');
    const child = await vault.pseudonym(tenant, subjectId(checkChild(input).child));
    const ward = await custody.ward(tenant, child);
    if (ward === undefined) throw new AsignioError('ASIGNIO_NOT_FOUND', 'Nobody stands for this person');
    const before = await this.view(ward);
    await minors.end(tenant, child, ward.value.guardian, by);
    return { ...before, state: 'ended' };
  }

  async report(
    tenant: TenantId,
    operator: Operator,
    input: { readonly subject: SubjectId; readonly age: AgeStatement },
  ): Promise<MinorReport> {
    const { staff, vault, minors } = this.tools;
    const { pseudonym } = await staff.require(tenant, operator, 'privacy-officer');
    const { subject, age } = checkAgeReport(input);
    return minors.learn(tenant, await vault.pseudonym(tenant, subjectId(subject)), age, pseudonym);
  }

  async stateAge(
    tenant: TenantId,
    input: { readonly subject: SubjectId; readonly age: AgeStatement },
  ): Promise<MinorReport> {
    const { vault, minors } = this.tools;
    const { subject, age } = checkAgeReport(input);
    return minors.learn(tenant, await vault.pseudonym(tenant, subjectId(subject)), age, 'host');
  }

  async wards(who: Requester): Promise<readonly (GuardianshipView & { readonly child: SubjectId })[]> {
    const { gate, custody, texts } = this.tools;
    const { tenant, subject } = await gate.enter(who);
    const wards = await Promise.all(
      (await custody.links(tenant, subject)).map(async ({ value: { child, sealedChild } }) => {
        const ward = await custody.ward(tenant, child);
        const id = await texts.open(tenant, subject, guardianKey(subject), child, sealedChild);
        if (ward?.value.guardian !== subject || id === null) return [];
        return [{ ...(await this.view(ward)), child: subjectId(id) }];
      }),
    );
    return wards.flat();
  }

  async agree(
    who: Requester,
    input: Parameters<Guardians['agree']>[1],
  ): Promise<{ consents: readonly ConsentView[]; receipts: readonly string[] }> {
    const { gate, custody, minors, subjects, audit, clock } = this.tools;
    const { child: childId, age, ...release } = checkGuardian(input);
    const person = await gate.verify(who, 'custody');
    const { tenant, subject: guardian } = person;
    const now = clock.now();
    const band = ageBand(age, now);
    const until = custodialUntil(age, now);
    if (!isMinor(band) || until <= now)
      throw new AsignioError(
        'ASIGNIO_REQUEST_INVALID',
        'Who is 16, or will be within the month, agrees for themselves',
      );
    const { child } = await this.own(person, childId, 'agree');
    // From here on they are known to be a minor; what they agreed to alone goes before anything new is collected.
    await minors.discover(tenant, child, band, guardian);
    const granted = await subjects.grant({ ...release, tenant, subject: childId }, { guardian, until });
    await audit.append(tenant, {
      id: `custody:${newId()}`,
      event: 'custodian.agreed',
      subject: child,
      at: now,
      data: { guardian, band, until },
    });
    await custody.updateWard(tenant, child, (value) =>
      value === undefined || value.guardian !== guardian ? undefined : { ...value, signedAt: now },
    );
    return granted;
  }

  async review(who: Requester, input: { readonly child: SubjectId }): Promise<HeldData> {
    const { gate, subjects } = this.tools;
    const { child } = checkChild(input);
    const person = await gate.verify(who, 'review-child');
    await this.own(person, child, 'review');
    return subjects.held(person.tenant, child);
  }

  async withdraw(
    who: Requester,
    input: { readonly child: SubjectId; readonly consent: ConsentId },
  ): Promise<{ readonly consent: ConsentView; readonly certificate?: string }> {
    const { gate, subjects } = this.tools;
    const { child, consent } = checkTakingBack(input);
    const person = await gate.enter(who);
    await this.own(person, child, 'withdraw');
    const { consent: withdrawn, certificate } = await subjects.withdraw(person.tenant, child, consent);
    return { consent: withdrawn, ...(certificate === undefined ? {} : { certificate }) };
  }

  async remove(who: Requester, input: { readonly child: SubjectId }): Promise<RequestView> {
    const { gate, erasures, cases } = this.tools;
    const { child: childId } = checkChild(input);
    const person = await gate.verify(who, 'remove-child');
    const { child } = await this.own(person, childId, 'remove');
    const record = await erasures.order(person.tenant, child, 'erasure', person.subject);
    return cases.view(await erasures.finish(record));
  }

  async tell(who: Requester, input: { readonly child: SubjectId; readonly age: AgeStatement }): Promise<MinorReport> {
    const { gate, minors } = this.tools;
    const { subject: childId, age } = checkAgeReport({ subject: input?.child, age: input?.age });
    const person = await gate.verify(who, 'tell-age');
    const { child } = await this.own(person, childId, 'tell');
    return minors.learn(person.tenant, child, age, person.subject);
  }

  /** @throws AsignioError `ASIGNIO_GUARDIAN_UNVERIFIED`: of nobody, of another child, not verified, and ended are the same. */
  private async own(
    { tenant, subject: guardian }: Person,
    childId: SubjectId,
    deed: string,
  ): Promise<{ readonly child: string; readonly ward: Typed<WardRecord> }> {
    const { vault, custody, audit, clock } = this.tools;
    const child = await vault.pseudonym(tenant, subjectId(childId));
    const ward = await custody.ward(tenant, child);
    if (ward?.value.guardian === guardian) return { child, ward };
    await audit.append(tenant, {
      id: `custody:${newId()}`,
      event: 'custodian.refused',
      subject: child,
      at: clock.now(),
      data: { by: guardian, deed },
    });
    throw new AsignioError('ASIGNIO_GUARDIAN_UNVERIFIED');
  }

  private async view({ tenant, value }: Typed<WardRecord>): Promise<GuardianshipView> {
    const { relation, evidence, verifiedAt, signedAt, subject } = value;
    const minor = await this.tools.custody.minor(tenant, subject);
    return {
      state: signedAt === null ? 'verified' : 'signed',
      relation,
      evidence,
      verifiedAt,
      signedAt,
      ageBand: minor?.value.band ?? null,
    };
  }
}
