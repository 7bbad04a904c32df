import { randomBytes } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';
import type { Clock, ConsentId, Modality, SubjectId, TenantId } from '@asignio/contracts';
import {
  checkPlaces,
  consentState,
  grantConsent,
  locationScheduleRow,
  noticeSha256,
  retentionSchedule,
  retentionSentence,
  withdrawConsent,
  withEvidence,
} from '@asignio/policy';
import type { Notice, NoticeRegister, PermitAuthority, RetentionPolicy, ScheduleRow } from '@asignio/policy';
import type { ConsentView, GrantRequest, HeldData, ReceiptFormat, Subjects, WrittenConfirmation } from '../api.ts';
import type { Attempts } from '../attempts.ts';
import type { AuditChain } from '../audit/chain.ts';
import { consentWithdrawn } from '../effects/consent-withdrawn.ts';
import type { Effect } from '../effects/effect.ts';
import type { EffectRunner } from '../effects/runner.ts';
import type { DisclosureService } from '../governance/disclosures.ts';
import type { Regions } from '../governance/regions.ts';
import type { Custody } from '../rights/guardians.ts';
import type { Minors } from '../rights/minors.ts';
import type { Contacts } from '../message/contacts.ts';
import type { Repositories, StoredConsent, SubjectRecord } from '../store/records.ts';
import { isUnavailable } from '../store/repository.ts';
import type { Typed } from '../store/repository.ts';
import type { Vault } from '../vault.ts';
import type { Confirmations } from './confirmations.ts';
import type { Destruction, DestructionState } from './destruction.ts';
import { evidenceKey } from './evidence.ts';
import type { Evidence } from './evidence.ts';
import type { Lifetimes } from './lifetimes.ts';
import { orderedFor } from './orders.ts';
import type { Receipts } from './receipts.ts';

export interface SubjectTools {
  readonly repositories: Repositories;
  readonly vault: Vault;
  readonly audit: AuditChain;
  readonly attempts: Attempts;
  readonly lifetimes: Lifetimes;
  readonly destruction: Destruction;
  readonly effects: EffectRunner;
  readonly evidence: Evidence;
  readonly receipts: Receipts;
  readonly confirmations: Confirmations;
  readonly contacts: Contacts;
  /** R31: how long the place of a sign-in is kept, days. */
  readonly locationDays: number;
  readonly authority: PermitAuthority;
  readonly notices: NoticeRegister;
  readonly policy: RetentionPolicy;
  readonly clock: Clock;
  readonly minors: Minors;
  readonly regions: Regions;
  readonly disclosures: DisclosureService;
}

/** {@link Subjects} over the store. */
export class SubjectService implements Subjects {
  private readonly tools: SubjectTools;

  constructor(tools: SubjectTools) {
    this.tools = tools;
  }

  /** R17: which notice was served, in which language, is on record. */
  async notice(tenant: TenantId, language?: string): Promise<Notice & { sha256: string }> {
    const { notices, clock, audit } = this.tools;
    const notice = notices.current(clock.now(), language);
    const sha256 = noticeSha256(notice);
    await audit.append(tenant, {
      id: `notice:${randomBytes(12).toString('base64url')}`,
      event: 'notice.served',
      subject: null,
      at: clock.now(),
      data: { version: notice.version, language: notice.language, sha256 },
    });
    return { ...notice, sha256 };
  }

  /** @param custody R34: who signs in the subject's place; whoever hands it in has verified them */
  async grant(
    request: GrantRequest,
    custody?: Custody,
  ): Promise<{ consents: readonly ConsentView[]; receipts: readonly string[] }> {
    const { repositories, vault, lifetimes, evidence, contacts, notices, clock, regions, minors } = this.tools;
    const { tenant } = request;
    await regions.checkStorage(tenant);
    const now = clock.now();
    const subject = await vault.pseudonym(tenant, request.subject);
    if (custody === undefined) await minors.admit(tenant, subject, request.age);
    await this.finishDestructions(tenant, subject, request.modality);
    // Everything is validated before the first write, so a wrong request changes nothing.
    const earlier = (await repositories.consents.ofSubject(tenant, subject)).map(({ value }) => value.consent);
    const { modality, purposes, noticeVersion, noticeSha256: sha256, language, signature } = request;
    const { method, name, signedAt = now } = signature;
    const drafts = await this.recordingRefusal(tenant, subject, () =>
      grantConsent(
        {
          earlier,
          tenant,
          subject,
          modality,
          purposes,
          noticeVersion,
          noticeSha256: sha256,
          language,
          signature: { method, name, signedAt },
          notices,
          ...custody,
        },
        now,
      ),
    );
    const place = request.place ?? (await regions.knownPlace(tenant, request.subject));
    const places = place === undefined ? [] : checkPlaces([place]);
    await lifetimes.start(tenant, subject, now, places);
    const stored: Typed<StoredConsent>[] = [];
    for (const draft of drafts) {
      const sealed = await evidence.seal(tenant, subject, draft.id, name);
      const consent = withEvidence(draft, sealed);
      const { id } = draft;
      const key = evidenceKey(id);
      const contact = await contacts.seal(tenant, subject, key, request.subject);
      stored.push(
        await repositories.consents.insert(tenant, id, {
          consent,
          subject,
          effects: [
            { type: 'start', subject, at: now, ...(places.length === 0 ? {} : { places }) },
            { type: 'interaction', subject, at: now },
            { type: 'supersede-consents', subject, by: id },
            { type: 'contact', subject, sealed: contact, key, language: draft.language, at: now },
            { type: 'announce', subject, at: now },
            {
              type: 'audit',
              id: `consent:${id}:granted`,
              event: 'consent.granted',
              subject,
              at: now,
              data: {
                consent: id,
                purpose: draft.purpose,
                modality: draft.modality,
                notice: draft.noticeVersion,
                sha256: draft.noticeSha256,
              },
            },
          ],
        }),
      );
    }
    for (const record of stored) await this.tools.effects.settleConsent(record);
    if (custody === undefined) await minors.recheck(tenant, subject);
    return {
      consents: stored.map(({ value }) => this.view(value)),
      receipts: await Promise.all(
        stored.map(async ({ value }) => this.tools.receipts.write(tenant, subject, value.consent)),
      ),
    };
  }

  async consents(tenant: TenantId, subject: SubjectId): Promise<readonly ConsentView[]> {
    const { repositories, vault } = this.tools;
    const held = await repositories.consents.ofSubject(tenant, await vault.pseudonym(tenant, subject));
    return held.map(({ value }) => this.view(value)).sort((a, b) => a.grantedAt - b.grantedAt);
  }

  async receipt(
    tenant: TenantId,
    subject: SubjectId,
    consent: ConsentId,
    options: { readonly format?: ReceiptFormat } = {},
  ): Promise<string> {
    const pseudonym = await this.tools.vault.pseudonym(tenant, subject);
    const { value } = await this.own(tenant, pseudonym, consent);
    return this.tools.receipts.write(tenant, pseudonym, value.consent, options.format);
  }

  async withdraw(
    tenant: TenantId,
    subject: SubjectId,
    consent: ConsentId,
  ): Promise<{ consent: ConsentView; destruction: { due: number; state: DestructionState }; certificate?: string }> {
    const { repositories, vault, authority, destruction, clock } = this.tools;
    const pseudonym = await vault.pseudonym(tenant, subject);
    await this.own(tenant, pseudonym, consent);
    const now = clock.now();
    const order = `withdrawal:${consent}`;
    // A consent that is still the subject's when it is withdrawn is of the life that was read before.
    const life = (await repositories.subjects.get(tenant, pseudonym))?.value.life;
    const record = await repositories.consents.update(tenant, consent, (value) => {
      // Erased since it was looked at: it is nobody's now, and owes nothing.
      if (value?.subject !== pseudonym) throw new AsignioError('ASIGNIO_NOT_FOUND', 'There is no such consent');
      if (value.consent.state === 'withdrawn') return undefined;
      return {
        ...value,
        consent: withdrawConsent(value.consent, now),
        effects: [...value.effects, ...this.owed(value, order, now, life)],
      };
    });
    authority.revoke(consent);
    if (record === undefined) throw new AsignioError('ASIGNIO_NOT_FOUND');
    await this.tools.effects.settleConsent(record);
    const certificate = await destruction.certificate(tenant, order);
    return {
      consent: this.view(record.value),
      destruction: {
        due: record.value.consent.withdrawnAt ?? now,
        state: await destruction.state(tenant, order),
      },
      ...(certificate === undefined ? {} : { certificate }),
    };
  }

  async held(tenant: TenantId, subject: SubjectId, language?: string): Promise<HeldData> {
    const { repositories, vault, attempts } = this.tools;
    const pseudonym = await vault.pseudonym(tenant, subject);
    const [record, references, probes, destructions] = await Promise.all([
      repositories.subjects.get(tenant, pseudonym),
      repositories.references.ofSubject(tenant, pseudonym),
      repositories.probes.ofSubject(tenant, pseudonym),
      repositories.destructions.ofSubject(tenant, pseudonym),
    ]);
    return {
      subject,
      enrolments: references.map(({ id, value }) => ({
        id,
        modality: value.modality,
        variant: value.variant,
        createdAt: value.createdAt,
        samples: value.samples,
        established: value.established,
        recentProbes: probes.filter((probe) => probe.value.reference === id).length,
      })),
      consents: await this.consents(tenant, subject),
      retention: record === undefined ? null : this.due(record.value, language),
      lastInteraction: record?.value.lastInteraction ?? null,
      places: record?.value.places ?? [],
      destructions: destructions
        .filter(({ value }) => value.state !== 'done')
        .map(({ id, value }) => {
          const { scope, reason, startedAt: orderedAt, state, attempts: tries, lastError } = value;
          return { id, scope, reason, orderedAt, state, attempts: tries, lastError };
        }),
      failedAttempts: await attempts.failures(tenant, pseudonym),
      recipients: await this.recipients(tenant, pseudonym),
    };
  }

  async confirmation(tenant: TenantId, subject: SubjectId, language?: string): Promise<WrittenConfirmation> {
    const held = async () => this.held(tenant, subject, language);
    return this.tools.confirmations.issue(tenant, subject, held, language);
  }

  retentionSchedule(): readonly ScheduleRow[] {
    return [...retentionSchedule(this.tools.policy.rules), locationScheduleRow(this.tools.locationDays)];
  }

  private due(record: SubjectRecord, language?: string): HeldData['retention'] {
    const { lifetimes, policy } = this.tools;
    const due = lifetimes.explain(record);
    const rule = policy.rules.find(({ id }) => id === due?.rule);
    return due === null || rule === undefined ? due : { ...due, sentence: retentionSentence(rule, language) };
  }

  /** What a withdrawal owes: no open ceremony survives it, and what the consent supported is destroyed. */
  private owed(value: StoredConsent, order: string, now: number, life: string | undefined): readonly Effect[] {
    const { consent } = value;
    const subject = value.subject as string;
    const audit = consentWithdrawn(consent, subject, now);
    const copies: Effect = { type: 'withdraw-copies', subject, of: consent.id, at: now };
    if (consent.purpose === 'vendor-comparison')
      return [copies, { type: 'destroy-copies', subject, modality: consent.modality }, audit];
    if (consent.purpose === 'location') return [copies, { type: 'forget-places', subject, at: now }, audit];
    if (consent.purpose !== 'authentication') return [copies, audit];
    return [
      copies,
      { type: 'cancel-ceremonies', subject, modality: consent.modality, at: now },
      {
        type: 'destroy',
        id: order,
        subject,
        scope: consent.modality,
        reason: 'consent-withdrawn',
        at: now,
        ...(life === undefined ? {} : { life }),
      },
      audit,
    ];
  }

  /** R13: everybody to whom something of the subject may have gone. */
  private async recipients(tenant: TenantId, pseudonym: string): Promise<readonly string[]> {
    const rows = await this.tools.disclosures.ofSubject(tenant, pseudonym);
    return [...new Set(rows.filter(({ state }) => state !== 'not-sent').map(({ recipient }) => recipient.name))];
  }

  /**
   * What a crash left half destroyed goes before anything new is collected, or it would take the new with it.
   * @throws AsignioError `ASIGNIO_DESTRUCTION_HELD`, `ASIGNIO_DESTRUCTION_BEGUN` while that cannot be.
   */
  private async finishDestructions(tenant: TenantId, subject: string, modality: Modality): Promise<void> {
    const { repositories, destruction, effects } = this.tools;
    for (const record of await repositories.consents.ofSubject(tenant, subject)) await effects.settleConsent(record);
    const owing = await repositories.subjects.get(tenant, subject);
    if (owing !== undefined) await effects.settleSubject(owing);
    for (const record of await repositories.destructions.ofSubject(tenant, subject))
      if (record.value.state !== 'done')
        await destruction.resume(record).catch((error: unknown) => {
          if (isUnavailable(error)) throw error;
        });
    const record = await repositories.subjects.get(tenant, subject);
    const order = record === undefined ? undefined : orderedFor(record.value, modality);
    if (order !== undefined)
      throw new AsignioError(order.claim === null ? 'ASIGNIO_DESTRUCTION_HELD' : 'ASIGNIO_DESTRUCTION_BEGUN');
  }

  /** Another subject's consent and one that never was are the same from outside. */
  private async own(tenant: TenantId, pseudonym: string, consent: ConsentId): Promise<Typed<StoredConsent>> {
    const record = await this.tools.repositories.consents.get(tenant, consent);
    if (record === undefined || record.value.subject !== pseudonym)
      throw new AsignioError('ASIGNIO_NOT_FOUND', 'There is no such consent');
    return record;
  }

  /** R2: a release that is refused is on record by its reason; what was signed is not. */
  private async recordingRefusal<T>(tenant: TenantId, subject: string, work: () => T): Promise<T> {
    const { audit, clock } = this.tools;
    try {
      return work();
    } catch (error) {
      if (error instanceof AsignioError)
        await audit.append(tenant, {
          id: `consent-refused:${randomBytes(12).toString('base64url')}`,
          event: error.code === 'ASIGNIO_PURPOSE_FORBIDDEN' ? 'purpose.denied' : 'consent.refused',
          subject,
          at: clock.now(),
          data: { reason: error.code, detail: error.message },
        });
      throw error;
    }
  }

  private view({ consent }: StoredConsent): ConsentView {
    const { notices, clock } = this.tools;
    return {
      id: consent.id,
      modality: consent.modality,
      purpose: consent.purpose,
      state: consentState(consent, notices, clock.now()),
      noticeVersion: consent.noticeVersion,
      grantedAt: consent.grantedAt,
      ...(consent.withdrawnAt === null ? {} : { withdrawnAt: consent.withdrawnAt }),
    };
  }
}
