import Joi from 'joi';
import { AsignioError } from '@asignio/contracts';
import type { Clock, NotificationPlugin, StoragePlugin, SubjectId, TenantId } from '@asignio/contracts';
import { checkPreference, lintText, maySend, renderTemplate, UNHINDERED } from '@asignio/policy';
import type { MessageTemplate, NoticeRegister, NoticeVersion } from '@asignio/policy';
import type { AuditChain } from '../audit/chain.ts';
import { newId } from '../ceremony/binding.ts';
import type { EffectRunner } from '../effects/runner.ts';
import type { Page, PageQuery } from '../governance/api.ts';
import { checkInput, checkPage, id as idSchema } from '../governance/input.ts';
import type { Egress } from '../governance/egress.ts';
import { settleAudit } from '../governance/records.ts';
import type { Repositories } from '../store/records.ts';
import type { Typed } from '../store/repository.ts';
import type { SweepDuty } from '../sweep.ts';
import type { Vault } from '../vault.ts';
import { Announcer } from './announcer.ts';
import type {
  Addressee,
  AnnouncedNotice,
  Messages,
  MessageSettings,
  MessageState,
  PersonalMessage,
  SendMessage,
} from './api.ts';
import { Contacts } from './contacts.ts';
import { Outbox } from './outbox.ts';
import { createMessageRecords, noticeMessageId, sentFact } from './records.ts';
import type { MessageRecord, MessageRecords } from './records.ts';

export interface MessageTools {
  readonly storage: StoragePlugin;
  readonly repositories: Repositories;
  readonly vault: Vault;
  readonly audit: AuditChain;
  readonly notices: NoticeRegister;
  readonly templates: ReadonlyMap<string, MessageTemplate>;
  readonly plugin: NotificationPlugin | undefined;
  readonly egress: Egress;
  readonly clock: Clock;
  /** Made after this room, which it needs. */
  readonly effects: () => EffectRunner;
}

/** Puts the room of messages together. */
export function createMessages(tools: MessageTools): {
  readonly api: Messages;
  readonly contacts: Contacts;
  readonly announcer: Announcer;
  readonly duty: SweepDuty;
} {
  const { storage, repositories, vault } = tools;
  const records = createMessageRecords(storage);
  const contacts = new Contacts({ records, repositories, vault });
  const announcer = new Announcer({ ...tools, records });
  const outbox = new Outbox({ ...tools, records, contacts });
  return {
    api: new MessageService({ ...tools, records, contacts, announcer, outbox }),
    contacts,
    announcer,
    duty: async (walk, { dryRun }) => {
      if (!dryRun) await announcer.publishEverywhere();
      await announcer.sweep(walk);
      if (!outbox.isOpen) return;
      let isTaking = true;
      await walk(records.messages, async (record) => {
        // One that is not taken now says that none is: the others are not made to wait for the same answer.
        if (isTaking) isTaking = (await outbox.deliver(record)) !== 'later';
      });
    },
  };
}

const SEND = Joi.object<SendMessage>({
  subject: Joi.string().required(),
  template: Joi.string().max(64).required(),
  values: Joi.object().pattern(Joi.string().max(32), Joi.string().max(10_000)),
  language: Joi.string().max(35),
  occasion: idSchema().required(),
});

interface ServiceTools extends MessageTools {
  readonly records: MessageRecords;
  readonly contacts: Contacts;
  readonly announcer: Announcer;
  readonly outbox: Outbox;
}

/** {@link Messages} over the store. */
class MessageService implements Messages {
  private readonly tools: ServiceTools;

  constructor(tools: ServiceTools) {
    this.tools = tools;
  }

  async settings(tenant: TenantId, subject: SubjectId): Promise<MessageSettings> {
    const contact = await this.tools.contacts.find(tenant, await this.pseudonym(tenant, subject));
    return { optional: contact?.optional ?? false, mandatory: true };
  }

  /** R35: what is mandatory is no choice. */
  async choose(
    tenant: TenantId,
    subject: SubjectId,
    settings: { readonly optional: boolean; readonly mandatory?: boolean },
  ): Promise<MessageSettings> {
    const { optional } = checkPreference(settings);
    const contact = await this.tools.contacts.choose(tenant, await this.pseudonym(tenant, subject), optional);
    if (contact === undefined) throw new AsignioError('ASIGNIO_NOT_FOUND', 'Nothing is held about you');
    return { optional: contact.optional, mandatory: true };
  }

  async list(tenant: TenantId, subject: SubjectId): Promise<readonly PersonalMessage[]> {
    const { records, outbox } = this.tools;
    const found = await records.messages.ofSubject(tenant, await this.pseudonym(tenant, subject));
    const shown: PersonalMessage[] = [];
    for (const { value } of found) {
      const words = await outbox.wordsOf(tenant, value);
      if (words === undefined) continue;
      const { message, template, class: kind, state, createdAt, sentAt } = value;
      shown.push({ id: message, template, class: kind, ...words, state, createdAt, sentAt });
    }
    return shown.sort((a, b) => b.createdAt - a.createdAt);
  }

  async send(tenant: TenantId, message: SendMessage): Promise<{ readonly id: string; readonly state: MessageState }> {
    const { records, repositories, contacts, outbox, templates, clock } = this.tools;
    const { subject, template: name, values = {}, language, occasion } = checkInput(SEND, message);
    const template = templates.get(name);
    if (template === undefined) throw new AsignioError('ASIGNIO_NOT_FOUND', 'There is no such template');
    const pseudonym = await this.pseudonym(tenant, subject);
    const [contact, held] = await Promise.all([
      contacts.find(tenant, pseudonym),
      repositories.subjects.get(tenant, pseudonym),
    ]);
    if (contact === undefined || held === undefined)
      throw new AsignioError('ASIGNIO_NOT_FOUND', 'Nothing is held about this person');
    const words = renderTemplate(template, language ?? contact.language, values);
    // R40: a value must not ask for what no template may ask for.
    const [finding] = lintText(`${words.title}\n\n${words.text}`, words.language);
    if (finding !== undefined)
      throw new AsignioError('ASIGNIO_TEMPLATE_INVALID', `With these values the template ${name} ${finding.message}`);
    const now = clock.now();
    const id = `sent:${name}:${occasion}:${pseudonym}`;
    const random = newId();
    const allowed = maySend(template.class, contact, held.value.standing ?? UNHINDERED);
    const record = await records.messages.insertOnce(tenant, id, {
      subject: pseudonym,
      message: random,
      template: name,
      class: template.class,
      language: words.language,
      content: {
        type: 'words',
        sealed: await contacts.sealText(tenant, contact, random, JSON.stringify(words)),
        key: contact.key,
      },
      state: allowed ? 'owed' : 'withheld',
      createdAt: now,
      sentAt: null,
      attempts: 0,
      nextAt: now,
      claim: null,
      owed: [],
    });
    await this.removeOfErased(record);
    if (record.value.state === 'owed') await outbox.deliver(record);
    const after = await records.messages.get(tenant, id);
    return { id: record.value.message, state: after?.value.state ?? 'unreachable' };
  }

  async announced(tenant: TenantId): Promise<readonly AnnouncedNotice[]> {
    const { records, announcer, notices } = this.tools;
    await announcer.publish(tenant);
    const shown: AnnouncedNotice[] = [];
    for (const { version } of notices.versions()) {
      const record = await records.notices.get(tenant, version);
      if (record === undefined || record.value.telling === null) continue;
      const { effectiveAt, material, announceAt, telling, marking } = record.value;
      shown.push({
        version,
        effectiveAt,
        material,
        announcedFrom: announceAt,
        planned: telling.done,
        messages: telling.count,
        staleMarked: marking?.done ?? true,
        stale: marking?.count ?? 0,
      });
    }
    return shown;
  }

  async addressees(tenant: TenantId, version: string, page?: PageQuery): Promise<Page<Addressee>> {
    const { repositories } = this.tools;
    const known = this.version(version);
    const { records, next } = await repositories.subjects.page(tenant, checkPage(page));
    const items: Addressee[] = [];
    for (const { id } of records) {
      const addressee = await this.addressee(tenant, known, id);
      if (addressee !== undefined) items.push(addressee);
    }
    return { items, ...(next === undefined ? {} : { next }) };
  }

  async told(tenant: TenantId, version: string, subject: SubjectId): Promise<void> {
    const { records, announcer, audit, clock } = this.tools;
    const known = this.version(version);
    const pseudonym = await this.pseudonym(tenant, subject);
    if ((await this.addressee(tenant, known, pseudonym)) === undefined)
      throw new AsignioError('ASIGNIO_NOT_FOUND', 'This person need not be told of it');
    const id = noticeMessageId(version, pseudonym);
    await announcer.planFor(tenant, pseudonym, known);
    const now = clock.now();
    const record = await records.messages.update(tenant, id, (value) =>
      value === undefined || value.state === 'sent'
        ? undefined
        : {
            ...value,
            state: 'sent',
            claim: null,
            sentAt: now,
            owed: [...value.owed, sentFact(id, value, now, 'host')],
          },
    );
    if (record !== undefined) await settleAudit(records.messages, audit, record);
  }

  private async addressee(tenant: TenantId, version: NoticeVersion, pseudonym: string): Promise<Addressee | undefined> {
    const { records, repositories, announcer, contacts, clock } = this.tools;
    const message = await records.messages.get(tenant, noticeMessageId(version.version, pseudonym));
    const consents = await repositories.consents.ofSubject(tenant, pseudonym);
    const language = message?.value.language ?? announcer.languageOf(consents, version, clock.now());
    if (language === undefined) return undefined;
    const contact = await contacts.find(tenant, pseudonym);
    return {
      subject: contact === undefined ? null : await contacts.recipient(tenant, contact),
      pseudonym,
      language,
      state: message?.value.state ?? 'planned',
    };
  }

  /** @throws AsignioError `ASIGNIO_NOTICE_UNKNOWN`, also for the first version, of which nobody is told. */
  private version(version: string): NoticeVersion {
    const found = this.tools.notices.versions().findLast((known, index) => index > 0 && known.version === version);
    if (found === undefined) throw new AsignioError('ASIGNIO_NOTICE_UNKNOWN');
    return found;
  }

  /** Who was erased while a message was written gets none, and nothing of it stays. */
  private async removeOfErased({ tenant, id, value }: Typed<MessageRecord>): Promise<void> {
    const { records, repositories } = this.tools;
    if ((await repositories.subjects.get(tenant, value.subject)) !== undefined) return;
    await records.messages.remove(tenant, id);
    throw new AsignioError('ASIGNIO_NOT_FOUND', 'Nothing is held about this person');
  }

  private async pseudonym(tenant: TenantId, subject: SubjectId): Promise<string> {
    return this.tools.vault.pseudonym(tenant, subject);
  }
}
