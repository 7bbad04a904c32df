import { AsignioError, SYSTEM_TENANT } from '@asignio/contracts';
import type { Clock, EpochMs, StoragePlugin, TenantId } from '@asignio/contracts';
import {
  ANNOUNCE_BEFORE_MS,
  announcementOf,
  announcements,
  consentState,
  lintText,
  mustBeTold,
  noteConsentState,
  renderTemplate,
} from '@asignio/policy';
import type { ConsentRecord, MessageTemplate, NoticeRegister, NoticeVersion } from '@asignio/policy';
import type { AuditChain, AuditFact } from '../audit/chain.ts';
import { newId } from '../ceremony/binding.ts';
import type { EffectRunner } from '../effects/runner.ts';
import { settleAudit } from '../governance/records.ts';
import type { Repositories, StoredConsent } from '../store/records.ts';
import type { Typed } from '../store/repository.ts';
import type { SweepWalk } from '../sweep.ts';
import { NOT_BEGUN, noticeMessageId } from './records.ts';
import type { MessageRecord, MessageRecords, NoticeRecord, Walk } from './records.ts';

/** Subjects or consents that one step looks at. */
const PAGE = 100;
const TENANT_PAGE = 1000;

export interface AnnouncerTools {
  readonly storage: StoragePlugin;
  readonly records: MessageRecords;
  readonly repositories: Pick<Repositories, 'consents' | 'subjects'>;
  readonly notices: NoticeRegister;
  readonly audit: AuditChain;
  readonly effects: () => EffectRunner;
  readonly clock: Clock;
}

/**
 * R33: tells people that the notice changes, before its date, and marks what a material change makes stale, on its date.
 * That nothing stale permits anything does not wait for the mark: it is the notice itself that decides (`Permits`).
 *
 * Each version has a record in each tenant, which says how far the walk over the tenant's people is: a walk goes on page by
 * page, in whatever process sweeps next, and doing a page again plans no message twice.
 */
export class Announcer {
  private readonly tools: AnnouncerTools;
  /** Tenants of which this process knows that every version has its record. */
  private readonly published = new Set<TenantId>();

  constructor(tools: AnnouncerTools) {
    this.tools = tools;
  }

  /** Puts every version on record in a tenant, once (`policy.published`). Words that were changed are put on record anew. */
  async publish(tenant: TenantId): Promise<void> {
    if (this.published.has(tenant)) return;
    const { records, audit, notices } = this.tools;
    for (const [index, version] of notices.versions().entries()) {
      const wanted = recordOf(version, index === 0);
      const fact = this.publishedFact(version, wanted.hashes);
      const record = await records.notices.update(tenant, version.version, (value) => {
        if (value === undefined) return { ...wanted, owed: [fact] };
        if (value.hashes === wanted.hashes) return undefined;
        // Consents to the words of before end with them.
        return { ...wanted, marking: NOT_BEGUN, owed: [...value.owed, fact] };
      });
      if (record !== undefined) await settleAudit(records.notices, audit, record);
    }
    this.published.add(tenant);
  }

  /** Every tenant's versions on record. */
  async publishEverywhere(): Promise<void> {
    const { storage } = this.tools;
    let after: TenantId | undefined;
    for (;;) {
      const tenants = await storage.listTenants(after, TENANT_PAGE);
      for (const tenant of tenants) if (tenant !== SYSTEM_TENANT) await this.publish(tenant);
      after = tenants.at(-1);
      if (tenants.length < TENANT_PAGE) break;
    }
  }

  /** The part of the sweep: every walk that is due, page by page, to its end. */
  async sweep(walk: SweepWalk): Promise<void> {
    const { records } = this.tools;
    let goesOn = true;
    while (goesOn) {
      goesOn = false;
      await walk(records.notices, async (record) => {
        if (await this.step(record)) goesOn = true;
      });
    }
  }

  /** What a person must be told by now, planned: for who has just agreed to a notice that is about to change. */
  async tell(tenant: TenantId, subject: string): Promise<void> {
    const { notices, repositories, clock } = this.tools;
    await this.publish(tenant);
    const due = announcements(notices, clock.now());
    if (due.length === 0) return;
    const consents = await repositories.consents.ofSubject(tenant, subject);
    for (const version of due) await this.plan(tenant, subject, version, consents);
  }

  /** The same for one version, whether its time has come or not. */
  async planFor(tenant: TenantId, subject: string, version: NoticeVersion): Promise<void> {
    await this.plan(tenant, subject, version, await this.tools.repositories.consents.ofSubject(tenant, subject));
  }

  /** The language in which somebody must be told of a version; `undefined` for who need not be. */
  languageOf(consents: readonly Typed<StoredConsent>[], version: NoticeVersion, at: EpochMs): string | undefined {
    const { notices } = this.tools;
    const concerned = consents
      .map(({ value }) => value.consent)
      .filter((consent) => mustBeTold(consent, version, notices, at));
    return newest(concerned)?.language;
  }

  /** One page of one walk. @returns whether there is more to do now. */
  private async step(record: Typed<NoticeRecord>): Promise<boolean> {
    const { records, audit, notices, clock } = this.tools;
    const { tenant, id, value } = record;
    if (value.owed.length > 0) {
      await settleAudit(records.notices, audit, record);
      return true;
    }
    const now = clock.now();
    const version = notices.versions().find((known) => known.version === value.version);
    // A version that is no longer registered announces nothing.
    if (version === undefined) {
      await records.notices.update(tenant, id, (current) => current && { ...current, ...FINISHED });
      return false;
    }
    const which = value.telling?.done === false && value.announceAt <= now ? 'telling' : 'marking';
    const walk = value[which];
    if (walk?.done !== false) return false;
    if (which === 'marking' && value.effectiveAt > now) return false;
    const moved =
      which === 'telling' ? await this.tellPage(tenant, version, walk) : await this.markPage(tenant, version, walk);
    // Whoever else was at the same page did the same.
    await records.notices.update(tenant, id, (current) =>
      current === undefined || current[which]?.cursor !== walk.cursor || current[which].done
        ? undefined
        : { ...current, [which]: moved },
    );
    return true;
  }

  private async tellPage(tenant: TenantId, version: NoticeVersion, walk: Walk): Promise<Walk> {
    const { repositories, notices, clock } = this.tools;
    // Replaced before anybody was told of it: the one that replaced it is what people must know of.
    if (!announcements(notices, clock.now()).some((due) => due.version === version.version))
      return { ...walk, done: true };
    const { records: subjects, next } = await repositories.subjects.page(tenant, pageFrom(walk));
    let count = 0;
    for (const { id } of subjects) {
      const consents = await repositories.consents.ofSubject(tenant, id);
      if (await this.plan(tenant, id, version, consents)) count++;
    }
    return { cursor: next ?? null, done: next === undefined, count: walk.count + count };
  }

  /**
   * A message to one person about one version, once. Who was erased meanwhile gets none.
   * @returns whether there is one
   */
  private async plan(
    tenant: TenantId,
    subject: string,
    version: NoticeVersion,
    consents: readonly Typed<StoredConsent>[],
  ): Promise<boolean> {
    const { records, repositories, notices, clock } = this.tools;
    const now = clock.now();
    const language = this.languageOf(consents, version, now);
    if (language === undefined) return false;
    const id = noticeMessageId(version.version, subject);
    const planned: MessageRecord = {
      subject,
      message: newId(),
      template: announcementOf(notices.read(version.version, language)).template,
      class: 'mandatory',
      language,
      content: { type: 'notice', version: version.version },
      state: 'owed',
      createdAt: now,
      sentAt: null,
      attempts: 0,
      nextAt: now,
      claim: null,
      owed: [],
    };
    await records.messages.insertOnce(tenant, id, planned);
    if ((await repositories.subjects.get(tenant, subject)) !== undefined) return true;
    await records.messages.remove(tenant, id);
    return false;
  }

  private async markPage(tenant: TenantId, version: NoticeVersion, walk: Walk): Promise<Walk> {
    const { repositories, notices, clock, effects } = this.tools;
    const { records: consents, next } = await repositories.consents.page(tenant, pageFrom(walk));
    const now = clock.now();
    let count = 0;
    for (const { id, value } of consents) {
      if (value.subject === null || consentState(value.consent, notices, now) !== 'stale') continue;
      const marked = await repositories.consents.update(tenant, id, (current) => {
        if (current?.subject == null) return undefined;
        const consent = noteConsentState(current.consent, notices, now);
        if (consent === current.consent || consent.events.at(-1)?.state !== 'stale') return undefined;
        const fact = staleFact(consent, current.subject, version, now);
        return { ...current, consent, effects: [...current.effects, { type: 'audit', ...fact }] };
      });
      if (marked === undefined || marked.value.effects.length === 0) continue;
      await effects().settleConsent(marked);
      count++;
    }
    return { cursor: next ?? null, done: next === undefined, count: walk.count + count };
  }

  private publishedFact({ version, effectiveAt, material, languages }: NoticeVersion, hashes: string): AuditFact {
    return {
      id: `policy:${version}:${hashes.slice(0, 64)}`,
      event: 'policy.published',
      subject: null,
      at: this.tools.clock.now(),
      data: {
        version,
        effectiveAt,
        material,
        languages: languages.map(({ language }) => language).join(' '),
        sha256: hashes,
      },
    };
  }
}

const FINISHED: Pick<NoticeRecord, 'telling' | 'marking'> = {
  telling: { ...NOT_BEGUN, done: true },
  marking: { ...NOT_BEGUN, done: true },
};

function recordOf({ version, effectiveAt, material, languages }: NoticeVersion, isFirst: boolean): NoticeRecord {
  return {
    version,
    effectiveAt,
    material,
    hashes: languages.map(({ sha256 }) => sha256).join(' '),
    announceAt: effectiveAt - ANNOUNCE_BEFORE_MS,
    telling: isFirst ? null : NOT_BEGUN,
    marking: material && !isFirst ? NOT_BEGUN : null,
    owed: [],
  };
}

function pageFrom({ cursor }: Walk): { readonly limit: number; readonly after?: string } {
  return { limit: PAGE, ...(cursor === null ? {} : { after: cursor }) };
}

function newest(consents: readonly ConsentRecord[]): ConsentRecord | undefined {
  return consents.reduce<ConsentRecord | undefined>(
    (latest, consent) => (latest === undefined || consent.grantedAt > latest.grantedAt ? consent : latest),
    undefined,
  );
}

/** The entry that a consent went stale; its id makes it single. */
function staleFact(
  { id, purpose, modality, noticeVersion }: ConsentRecord,
  subject: string,
  { version }: NoticeVersion,
  at: EpochMs,
): AuditFact {
  return {
    id: `consent:${id}:stale:${version}`,
    event: 'consent.stale',
    subject,
    at,
    data: { consent: id, purpose, modality, notice: noticeVersion, current: version },
  };
}

/**
 * R33, R40: whether every change of the notice can be told of, and asks nobody for data.
 * @throws AsignioError `ASIGNIO_TEMPLATE_INVALID` naming version and language.
 */
export function checkAnnouncements(notices: NoticeRegister, templates: ReadonlyMap<string, MessageTemplate>): void {
  for (const { version, languages } of notices.versions().slice(1))
    for (const { language } of languages) {
      const { template, values, ...told } = announcementOf(notices.read(version, language));
      const words = renderTemplate(templates.get(template) as MessageTemplate, told.language, values);
      const [finding] = lintText(`${words.title}\n\n${words.text}`, language);
      if (finding !== undefined)
        throw new AsignioError(
          'ASIGNIO_TEMPLATE_INVALID',
          `The notice ${version} (${language}) cannot be announced: what it says of the change, or of the controller, ${finding.message}: "${finding.excerpt}"`,
        );
    }
}
