import type { EpochMs, TenantId } from '@asignio/contracts';
import type { Repositories } from '../store/records.ts';
import type { Attributes } from './api.ts';
import type { AttributeRecord, RightsRecords } from './records.ts';
import type { Texts } from './texts.ts';

/** Attributes that can be kept, in the order in which they are shown. */
export const ATTRIBUTES = ['name', 'email', 'phone'] as const;
export type AttributeName = (typeof ATTRIBUTES)[number];

/** Changes of attributes; `null` removes one. */
export type AttributeChanges = { readonly [K in AttributeName]?: string | null };

export interface AttributeTools {
  readonly records: RightsRecords;
  readonly repositories: Pick<Repositories, 'keys' | 'subjects'>;
  readonly texts: Texts;
}

/** What is known of a person beside what is biometric, sealed under a key of theirs. */
export class AttributeStore {
  private readonly tools: AttributeTools;

  constructor(tools: AttributeTools) {
    this.tools = tools;
  }

  /** @param names those that are opened; all, unless told */
  async read(tenant: TenantId, subject: string, names: readonly AttributeName[] = ATTRIBUTES): Promise<Attributes> {
    const attributes: { -readonly [K in AttributeName]?: string } = {};
    for (const name of names) {
      const record = await this.tools.records.attributes.get(tenant, attributeId(subject, name));
      const sealed = record?.value.sealed ?? undefined;
      const text = await this.tools.texts.open(tenant, subject, attributeKey(subject), name, sealed);
      if (text !== null) attributes[name] = text;
    }
    return attributes;
  }

  /** Seals changes, for an effect to write. */
  async seal(
    tenant: TenantId,
    subject: string,
    changes: AttributeChanges,
  ): Promise<{ readonly [K in AttributeName]?: Uint8Array | null }> {
    const sealed: { [K in AttributeName]?: Uint8Array | null } = {};
    for (const name of ATTRIBUTES) {
      const text = changes[name];
      if (text === undefined) continue;
      sealed[name] =
        text === null ? null : await this.tools.texts.seal(tenant, subject, attributeKey(subject), name, text);
    }
    return sealed;
  }

  /**
   * Writes changes as of when they were asked for: done late or again, they undo no later ones. Who was erased meanwhile
   * stays erased: the key is looked for after the record is written, and whoever destroys takes the keys first.
   */
  async apply(
    tenant: TenantId,
    subject: string,
    changes: { readonly [K in AttributeName]?: Uint8Array | null },
    at: EpochMs,
  ): Promise<void> {
    const { records, repositories } = this.tools;
    for (const name of ATTRIBUTES) {
      const sealed = changes[name];
      if (sealed === undefined) continue;
      const id = attributeId(subject, name);
      await records.attributes.update(tenant, id, (value): AttributeRecord | undefined =>
        value !== undefined && value.at > at ? undefined : { subject, sealed, at },
      );
      const [key, held] = await Promise.all([
        repositories.keys.get(tenant, attributeKey(subject)),
        repositories.subjects.get(tenant, subject),
      ]);
      if ((sealed !== null && key === undefined) || held === undefined) await records.attributes.remove(tenant, id);
    }
  }
}

function attributeId(subject: string, name: AttributeName): string {
  return `${subject}.${name}`;
}

function attributeKey(subject: string): string {
  return `attribute.${subject}`;
}
