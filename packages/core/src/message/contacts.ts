import { open, seal } from '@asignio/engine';
import type { EpochMs, SubjectId, TenantId } from '@asignio/contracts';
import type { Repositories } from '../store/records.ts';
import type { Vault } from '../vault.ts';
import { contactId } from './records.ts';
import type { ContactRecord, MessageRecords } from './records.ts';

const RECIPIENT = 'recipient';

export interface ContactTools {
  readonly records: MessageRecords;
  readonly repositories: Pick<Repositories, 'keys' | 'subjects'>;
  readonly vault: Vault;
}

/** What a release told of how to reach somebody. */
export type Contact = Pick<ContactRecord, 'sealed' | 'key' | 'language' | 'at'>;

/**
 * How to reach people (R33): the host's own id of a person, sealed under the key of what they signed with, which goes with
 * the person. Without it nobody could be told that the notice changes; it opens for that alone.
 */
export class Contacts {
  private readonly tools: ContactTools;

  constructor(tools: ContactTools) {
    this.tools = tools;
  }

  /**
   * For an effect to write.
   * @param key id of a key of the person's, which is there
   * @throws AsignioError `ASIGNIO_KEY_UNAVAILABLE` when it was destroyed meanwhile.
   */
  async seal(tenant: TenantId, pseudonym: string, key: string, subject: SubjectId): Promise<Uint8Array> {
    return this.sealText(tenant, { subject: pseudonym, key }, RECIPIENT, subject);
  }

  /**
   * Writes what a consent told, as of when it was given. Who was erased meanwhile stays erased: the key is looked for after
   * the record is written, and whoever destroys takes the keys first.
   */
  async remember(tenant: TenantId, subject: string, { sealed, key, language, at }: Contact): Promise<void> {
    const { records, repositories } = this.tools;
    const id = contactId(subject);
    await records.contacts.update(tenant, id, (value) =>
      value !== undefined && value.at > at
        ? undefined
        : { type: 'contact', subject, sealed, key, language, optional: value?.optional ?? false, at },
    );
    const [there, held] = await Promise.all([
      repositories.keys.get(tenant, key),
      repositories.subjects.get(tenant, subject),
    ]);
    if (there === undefined || held === undefined) await this.forget(tenant, subject, key);
    else await this.retryUnreachable(tenant, subject, at);
  }

  async find(tenant: TenantId, subject: string): Promise<ContactRecord | undefined> {
    return (await this.tools.records.contacts.get(tenant, contactId(subject)))?.value;
  }

  /** @returns `undefined` when nothing is known of the person. */
  async choose(tenant: TenantId, subject: string, optional: boolean): Promise<ContactRecord | undefined> {
    const record = await this.tools.records.contacts.update(tenant, contactId(subject), (value) =>
      value === undefined || value.optional === optional ? undefined : { ...value, optional },
    );
    return record?.value;
  }

  /** The host's id of the person; `null` once their key is destroyed. */
  async recipient(tenant: TenantId, contact: ContactRecord): Promise<SubjectId | null> {
    return (await this.openText(tenant, contact, RECIPIENT, contact.sealed)) as SubjectId | null;
  }

  /**
   * Seals a text for a person, under the key that their contact is sealed under.
   * @throws AsignioError `ASIGNIO_KEY_UNAVAILABLE` when it was destroyed.
   */
  async sealText(
    tenant: TenantId,
    { subject, key }: Pick<ContactRecord, 'subject' | 'key'>,
    what: string,
    text: string,
  ): Promise<Uint8Array> {
    const dataKey = await this.tools.vault.dataKey(tenant, key);
    try {
      return seal({ dataKey, aad: aad(tenant, subject, what) }, Buffer.from(text, 'utf8'));
    } finally {
      dataKey.fill(0);
    }
  }

  /** @returns `null` once the key is destroyed. */
  async openText(
    tenant: TenantId,
    { subject, key }: Pick<ContactRecord, 'subject' | 'key'>,
    what: string,
    sealed: Uint8Array,
  ): Promise<string | null> {
    const dataKey = await this.tools.vault.findDataKey(tenant, key);
    if (dataKey === undefined) return null;
    try {
      return Buffer.from(open({ dataKey, aad: aad(tenant, subject, what) }, sealed)).toString('utf8');
    } finally {
      dataKey.fill(0);
    }
  }

  /** Unless another life of the person's data has written its own since. */
  private async forget(tenant: TenantId, subject: string, key: string): Promise<void> {
    const { contacts } = this.tools.records;
    const record = await contacts.get(tenant, contactId(subject));
    if (record?.value.key === key) await contacts.removeRead(record);
  }

  /** What could not be sent since nobody knew where to is owed again. */
  private async retryUnreachable(tenant: TenantId, subject: string, at: EpochMs): Promise<void> {
    const { messages } = this.tools.records;
    for (const { id, value } of await messages.ofSubject(tenant, subject))
      if (value.state === 'unreachable')
        await messages.update(tenant, id, (current) =>
          current?.state === 'unreachable' ? { ...current, state: 'owed', nextAt: at } : undefined,
        );
  }
}

function aad(tenant: TenantId, subject: string, what: string): string {
  return JSON.stringify(['asignio-contact/1', tenant, subject, what]);
}
