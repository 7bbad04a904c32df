import { AsignioError } from '@asignio/contracts';
import type { Clock, EpochMs, NotificationPlugin, OutgoingMessage, SubjectId, TenantId } from '@asignio/contracts';
import { announcementOf, maySend, renderTemplate, UNHINDERED } from '@asignio/policy';
import type { MessageTemplate, NoticeRegister, RenderedMessage } from '@asignio/policy';
import type { AuditChain } from '../audit/chain.ts';
import { newId } from '../ceremony/binding.ts';
import type { Egress } from '../governance/egress.ts';
import { settleAudit } from '../governance/records.ts';
import type { Repositories } from '../store/records.ts';
import type { Typed } from '../store/repository.ts';
import type { Contacts } from './contacts.ts';
import { sentFact } from './records.ts';
import type { MessageRecord, MessageRecords } from './records.ts';

/** A plugin that has not answered by then has not, ms. */
const DEADLINE_MS = 60_000;
/** The first wait after a plugin that could not take a message, ms; each one after it is twice as long. Above the deadline. */
const FIRST_WAIT_MS = 2 * DEADLINE_MS;
const LONGEST_WAIT_MS = 6 * 3_600_000;

export interface OutboxTools {
  readonly records: MessageRecords;
  readonly repositories: Pick<Repositories, 'subjects'>;
  readonly contacts: Contacts;
  readonly templates: ReadonlyMap<string, MessageTemplate>;
  readonly notices: NoticeRegister;
  readonly plugin: NotificationPlugin | undefined;
  readonly egress: Egress;
  readonly audit: AuditChain;
  readonly clock: Clock;
}

/** What became of a try: `busy` when somebody else has it, `later` when the plugin takes nothing now. */
export type Delivery = 'done' | 'busy' | 'later';

/**
 * Hands messages to the plugin, one at a time and each to one process: it is claimed before it is handed over. A crash in
 * between hands it over once more, under the same id.
 */
export class Outbox {
  private readonly tools: OutboxTools;

  constructor(tools: OutboxTools) {
    this.tools = tools;
  }

  /** Whether there is anything to hand messages to. */
  get isOpen(): boolean {
    return this.tools.plugin !== undefined;
  }

  /** Tries one message that is due. @throws AsignioError `ASIGNIO_NOTIFICATION_REFUSED`, once it is noted. */
  async deliver(record: Typed<MessageRecord>): Promise<Delivery> {
    const { records, audit, clock, plugin } = this.tools;
    if (record.value.owed.length > 0) await settleAudit(records.messages, audit, record);
    if (plugin === undefined) return 'later';
    const { tenant, id } = record;
    const claim = newId();
    const now = clock.now();
    const claimed = await records.messages.update(tenant, id, (value) =>
      value?.state === 'owed' && value.nextAt <= now
        ? { ...value, claim, attempts: value.attempts + 1, nextAt: now + waitOf(value.attempts) }
        : undefined,
    );
    if (claimed?.value.claim !== claim) return 'busy';
    try {
      const state = await this.hand(tenant, claimed.value, plugin);
      await this.note(claimed, state, clock.now());
      return 'done';
    } catch (error) {
      if (!(error instanceof AsignioError) || !error.code.startsWith('ASIGNIO_NOTIFICATION_')) throw error;
      if (error.code === 'ASIGNIO_NOTIFICATION_UNAVAILABLE') return 'later';
      await this.note(claimed, 'refused', clock.now());
      throw error;
    }
  }

  /** The words of a message; `undefined` once they cannot be read any more. */
  async wordsOf(tenant: TenantId, value: MessageRecord): Promise<RenderedMessage | undefined> {
    const { notices, templates, contacts } = this.tools;
    const { content, language, subject, message } = value;
    if (content.type === 'notice') {
      const known = notices.versions().some(({ version }) => version === content.version);
      if (!known) return undefined;
      const told = announcementOf(notices.read(content.version, language));
      return renderTemplate(templates.get(told.template) as MessageTemplate, told.language, told.values);
    }
    const text = await contacts.openText(tenant, { subject, key: content.key }, message, content.sealed);
    return text === null ? undefined : (JSON.parse(text) as RenderedMessage);
  }

  private async hand(
    tenant: TenantId,
    value: MessageRecord,
    plugin: NotificationPlugin,
  ): Promise<'sent' | 'withheld' | 'unreachable' | 'refused'> {
    const { contacts, repositories } = this.tools;
    const [contact, subject] = await Promise.all([
      contacts.find(tenant, value.subject),
      repositories.subjects.get(tenant, value.subject),
    ]);
    if (contact === undefined || subject === undefined) return 'unreachable';
    if (!maySend(value.class, contact, subject.value.standing ?? UNHINDERED)) return 'withheld';
    const recipient: SubjectId | null = await contacts.recipient(tenant, contact);
    if (recipient === null) return 'unreachable';
    const words = await this.wordsOf(tenant, value);
    if (words === undefined) return 'refused';
    await this.send(tenant, value, plugin, {
      id: value.message,
      tenant,
      recipient,
      template: value.template,
      language: words.language,
      mandatory: value.class === 'mandatory',
      words: { title: words.title, text: words.text },
    });
    return 'sent';
  }

  /** R12, R13: what somebody else delivers for the controller goes by the one way out. */
  private async send(
    tenant: TenantId,
    { subject, class: kind, template }: MessageRecord,
    plugin: NotificationPlugin,
    message: OutgoingMessage,
  ): Promise<void> {
    const { name, region, agreement = null } = plugin.metadata;
    if (region === 'local') return withDeadline(plugin.send(message));
    const ground = kind === 'mandatory' ? 'legal-obligation' : 'consent';
    await this.tools.egress.passOther(
      {
        tenant,
        subject,
        purpose: 'notification',
        data: ['contact'],
        fields: ['identifier at the host', 'title', 'text'],
        recipient: { name, region, plugin: name, agreement },
      },
      { ground, reference: `message ${template}` },
      async () => plugin.send(message),
    );
  }

  private async note(
    { tenant, id, value: { claim } }: Typed<MessageRecord>,
    state: MessageRecord['state'],
    now: EpochMs,
  ): Promise<void> {
    const { records, audit } = this.tools;
    const noted = await records.messages.update(tenant, id, (value) => {
      // Another took it over, after this one was held up for longer than a claim lasts, and notes what became of it.
      if (value === undefined || value.claim !== claim) return undefined;
      const sent = state === 'sent';
      const owed = sent ? [...value.owed, sentFact(id, value, now, 'plugin')] : value.owed;
      return { ...value, state, claim: null, sentAt: sent ? now : null, owed };
    });
    if (noted !== undefined) await settleAudit(records.messages, audit, noted);
  }
}

function waitOf(attempts: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempts, 30));
}

async function withDeadline<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new AsignioError('ASIGNIO_NOTIFICATION_UNAVAILABLE', 'The plugin did not answer in time'));
    }, DEADLINE_MS);
    timer.unref();
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
