import { randomBytes } from 'node:crypto';
import Joi from 'joi';
import { AsignioError, subjectId } from '@asignio/contracts';
import type {
  AuditEventName,
  Clock,
  DocumentImage,
  IdentityCheckResult,
  IdentityVerificationPlugin,
  Pseudonym,
  SubjectId,
  TenantId,
} from '@asignio/contracts';
import { checkDecryption, checkDocumentImage, DOCUMENT_KINDS, documentDue, isPrintable } from '@asignio/policy';
import type { DecryptionRole, DocumentRule } from '@asignio/policy';
import { open, seal } from '@asignio/engine';
import type { AuditChain, AuditFact } from '../audit/chain.ts';
import { newId } from '../ceremony/binding.ts';
import { HELD_LOOK_MS } from '../store/records.ts';
import type { Typed } from '../store/repository.ts';
import type { HoldGate } from '../subject/hold-gate.ts';
import type { Vault } from '../vault.ts';
import type { Documents, DocumentInput, DocumentView, Operator, Page, PageQuery } from './api.ts';
import type { VendorCopies } from './copies.ts';
import type { Egress } from './egress.ts';
import { checkInput, checkPage, id, line } from './input.ts';
import { recordRefusal, settleAudit } from './records.ts';
import type { DocumentRecord, GovernanceRecords } from './records.ts';
import type { Regions } from './regions.ts';
import type { StaffService } from './staff.ts';
import type { VendorRegistry } from './vendor-registry.ts';

export interface DocumentTools {
  readonly records: GovernanceRecords;
  readonly registry: VendorRegistry;
  readonly egress: Egress;
  readonly copies: VendorCopies;
  readonly regions: Regions;
  readonly staff: StaffService;
  readonly gate: HoldGate;
  readonly vault: Vault;
  readonly audit: AuditChain;
  readonly clock: Clock;
  readonly rule: DocumentRule;
}

/** A document whose storing stopped half way is tidied up after this, ms. */
const STORING_MS = 5 * 60_000;
const PURPOSE = 'identity-verification';

const COUNTRY = Joi.string().pattern(/^[A-Z]{2}$/);
const STORE = Joi.object<DocumentInput>({
  document: Joi.valid(...DOCUMENT_KINDS).required(),
  country: COUNTRY.required(),
  images: Joi.array()
    .items(
      Joi.object({
        side: Joi.valid('front', 'back', 'holder').required(),
        mediaType: Joi.string().max(100).required(),
        bytes: Joi.any()
          .custom((value: unknown, helpers) => (value instanceof Uint8Array ? value : helpers.error('any.invalid')))
          .required(),
      }),
    )
    .min(1)
    .max(3)
    .unique('side')
    .required(),
  basis: Joi.alternatives(
    Joi.object({ ground: Joi.valid('consent').required(), signedName: line().required() }),
    Joi.object({ ground: Joi.valid('legal-obligation').required(), reference: line(300).required() }),
  ).required(),
});
const OWN = Joi.object<{ id: string }>({ id: id().required() });
type Check = Parameters<Documents['check']>[2];
const CHECK = Joi.object<Check>({ id: id().required(), vendor: Joi.string().max(214).required() });
type Open = Parameters<Documents['open']>[2];
const OPEN = Joi.object<Open>({
  id: id().required(),
  purpose: Joi.valid(PURPOSE, 'legal-process').required(),
  reason: line(300).required(),
});

/**
 * {@link Documents} over the store (R37). An image of an identity document is a class of its own: sealed under a key of its
 * own, for one purpose, on a basis of its own, until a date of its own that no sign-in moves, and sent nowhere but under
 * an agreement that names the class.
 */
export class DocumentService implements Documents {
  private readonly tools: DocumentTools;

  constructor(tools: DocumentTools) {
    this.tools = tools;
  }

  async store(tenant: TenantId, subject: SubjectId, input: DocumentInput): Promise<DocumentView> {
    const { records, regions, vault, audit, clock, rule } = this.tools;
    const pseudonym = await vault.pseudonym(tenant, subjectId(subject));
    const refusal = this.fact('iddoc.refused', pseudonym, {});
    return recordRefusal(audit, tenant, refusal, async () => {
      const { document, country, images, basis } = checkInput(STORE, input);
      for (const { mediaType, bytes } of images) checkDocumentImage(mediaType, bytes, rule);
      if (images.reduce((sum, { bytes }) => sum + bytes.byteLength, 0) > rule.maxBytes)
        throw new AsignioError('ASIGNIO_TOO_LARGE', `The images of a document are at most ${rule.maxBytes} bytes`);
      await regions.checkStorage(tenant);
      const now = clock.now();
      const number = randomBytes(16).toString('base64url');
      const head: Omit<DocumentRecord, 'owed'> = {
        subject: pseudonym,
        document,
        country,
        purpose: PURPOSE,
        ground: basis.ground,
        reference: basis.ground === 'consent' ? `document:${number}` : basis.reference,
        signature: null,
        images: [],
        storedAt: now,
        purposeMetAt: null,
        due: now + STORING_MS,
        lookAt: null,
      };
      // The record names its key before the key exists, so that whoever tidies up knows what to look for.
      const stored = await records.documents.insert(tenant, number, { ...head, owed: [] });
      const sealed = await this.seal(tenant, pseudonym, number, images, basis);
      const due = documentDue(now, null, rule);
      const whole = await records.documents.replace(stored, {
        ...head,
        ...sealed,
        due,
        owed: [
          this.fact('iddoc.stored', pseudonym, {
            document: number,
            kind: document,
            country,
            class: 'government-id',
            purpose: PURPOSE,
            ground: basis.ground,
            images: images.length,
            due,
          }),
        ],
      });
      await settleAudit(records.documents, audit, whole);
      return view(whole);
    });
  }

  async list(tenant: TenantId, subject: SubjectId): Promise<readonly DocumentView[]> {
    const { records, vault } = this.tools;
    const held = await records.documents.ofSubject(tenant, await vault.pseudonym(tenant, subjectId(subject)));
    return held.filter(({ value }) => value.images.length > 0).map(view);
  }

  async purge(tenant: TenantId, subject: SubjectId, input: { readonly id: string }): Promise<void> {
    const { clock } = this.tools;
    const { id: number } = checkInput(OWN, input);
    const record = await this.own(tenant, subject, number);
    await this.meetPurpose(record, clock.now(), 'asked for');
  }

  async check(tenant: TenantId, subject: SubjectId, input: Check): Promise<IdentityCheckResult> {
    const { registry, egress, regions, vault, audit, clock } = this.tools;
    const { id: number, vendor } = checkInput(CHECK, input);
    const record = await this.own(tenant, subject, number);
    const { subject: pseudonym, document, country, ground, reference } = record.value;
    const plugin = registry.get('identity-verification', vendor);
    const { metadata } = plugin;
    const check = await vault.pseudonym(tenant, ['check', vendor, number].join('\u0000') as SubjectId);
    const result = await egress.passOther(
      {
        tenant,
        subject: pseudonym,
        purpose: PURPOSE,
        data: ['government-id'],
        fields: [...record.value.images.map(({ side }) => `image: ${side}`), 'kind of document', 'country'],
        recipient: {
          name: metadata.name,
          region: regions.resolve(metadata.region),
          plugin: metadata.name,
          agreement: metadata.agreement ?? null,
        },
        knownPlace: async () => regions.knownPlace(tenant, subjectId(subject)),
        copy: { id: check, modality: null, document: number },
        ready: async () => {
          await this.own(tenant, subject, number);
        },
      },
      { ground, reference },
      async (signal) => {
        const images = await this.unseal(record, 'egress', PURPOSE, { vendor });
        try {
          return checked(await plugin.check({ check, country, document, images, signal }), plugin);
        } finally {
          for (const { bytes } of images) bytes.fill(0);
        }
      },
    );
    await audit.append(
      tenant,
      this.fact('iddoc.checked', pseudonym, {
        document: number,
        vendor,
        outcome: result.outcome,
        reasons: result.reasons.join(' '),
      }),
    );
    if (result.outcome !== 'unclear') await this.meetPurpose(record, clock.now(), 'checked');
    return result;
  }

  /** R29, R42: a member of staff looks at it in a role that may, for a purpose that the role has, and that is on record first. */
  async open(tenant: TenantId, operator: Operator, input: Open): Promise<readonly DocumentImage[]> {
    const { records, staff } = this.tools;
    const actor = await staff.require(tenant, operator, 'reviewer', 'privacy-officer');
    const { id: number, purpose, reason } = checkInput(OPEN, input);
    const record = await records.documents.get(tenant, number);
    // One that is kept past its date is under hold: for whoever asks by law, and for nothing else.
    if (record === undefined || (purpose === PURPOSE && this.over(record.value))) throw unknown();
    return this.unseal(record, actor.role, purpose, { operator: actor.pseudonym, reason });
  }

  async listAll(
    tenant: TenantId,
    operator: Operator,
    page?: PageQuery,
  ): Promise<Page<DocumentView & { subject: string }>> {
    const { records, staff } = this.tools;
    await staff.require(tenant, operator, 'reviewer', 'privacy-officer', 'auditor');
    const { records: found, next } = await records.documents.page(tenant, checkPage(page));
    return {
      items: found.map((record) => ({ ...view(record), subject: record.value.subject })),
      ...(next === undefined ? {} : { next }),
    };
  }

  /** R37: what the sweep does with one that is due. */
  async tend(record: Typed<DocumentRecord>): Promise<void> {
    const { records, audit, clock } = this.tools;
    await settleAudit(records.documents, audit, record);
    const current = await records.documents.get(record.tenant, record.id);
    if (current === undefined || current.value.due > clock.now()) return;
    if (await this.destroy(current)) return;
    const lookAt = clock.now() + HELD_LOOK_MS;
    await records.documents.update(record.tenant, record.id, (value) =>
      value === undefined ? undefined : { ...value, lookAt },
    );
    // The hold may have ended before it was known that this waits for it.
    await this.destroy(current);
  }

  /** A hold has ended: what waited for it goes. */
  async resume(tenant: TenantId, subject: string): Promise<void> {
    for (const record of await this.tools.records.documents.ofSubject(tenant, subject))
      if (record.value.due <= this.tools.clock.now()) await this.destroy(record);
  }

  /** Its purpose is met: it is due from now on, and goes at once unless it is under hold. */
  private async meetPurpose(record: Typed<DocumentRecord>, now: number, why: string): Promise<void> {
    const { records, rule } = this.tools;
    const changed = await records.documents.update(record.tenant, record.id, (value) =>
      value === undefined || value.purposeMetAt !== null
        ? undefined
        : { ...value, purposeMetAt: now, due: documentDue(value.storedAt, now, rule) },
    );
    if (changed !== undefined) await this.destroy(changed, why);
  }

  /**
   * The key first; then the record, and what a vendor was sent of it.
   * @returns `false` for what stays under hold
   */
  private async destroy({ tenant, id: number, value }: Typed<DocumentRecord>, why = 'due'): Promise<boolean> {
    const { gate, copies, clock } = this.tools;
    const { subject, document, storedAt } = value;
    const gone = await gate.remove(
      tenant,
      {
        id: `document:${number}`,
        subject,
        modality: null,
        records: [
          { kind: 'key', id: keyOf(number) },
          { kind: 'document', id: number },
        ],
      },
      [
        {
          type: 'audit',
          id: `iddoc:${number}:purged`,
          event: 'iddoc.purged',
          subject,
          at: clock.now(),
          data: { document: number, kind: document, storedAt, why },
        },
      ],
    );
    if (gone) await copies.order(tenant, subject, { document: number });
    return gone;
  }

  private async seal(
    tenant: TenantId,
    subject: Pseudonym,
    number: string,
    images: readonly DocumentImage[],
    basis: DocumentInput['basis'],
  ): Promise<Pick<DocumentRecord, 'images' | 'signature'>> {
    const { vault } = this.tools;
    await vault.createKey(tenant, subject, null, keyOf(number));
    const dataKey = await vault.dataKey(tenant, keyOf(number));
    try {
      return {
        images: images.map(({ side, mediaType, bytes }) => ({
          side,
          mediaType,
          sealed: seal({ dataKey, aad: aad(tenant, number, side) }, bytes),
        })),
        signature:
          basis.ground === 'consent'
            ? seal({ dataKey, aad: aad(tenant, number, 'signature') }, Buffer.from(basis.signedName, 'utf8'))
            : null,
      };
    } finally {
      dataKey.fill(0);
    }
  }

  private async unseal(
    { tenant, id: number, value }: Typed<DocumentRecord>,
    role: DecryptionRole,
    purpose: string,
    who: Readonly<Record<string, string>>,
  ): Promise<readonly DocumentImage[]> {
    const { vault, audit } = this.tools;
    checkDecryption(role, 'document', purpose);
    await audit.append(tenant, this.fact('iddoc.opened', value.subject, { document: number, role, purpose, ...who }));
    const dataKey = await vault.findDataKey(tenant, keyOf(number));
    if (dataKey === undefined) throw unknown();
    try {
      return value.images.map(({ side, mediaType, sealed }) => ({
        side,
        mediaType,
        bytes: open({ dataKey, aad: aad(tenant, number, side) }, sealed),
      }));
    } finally {
      dataKey.fill(0);
    }
  }

  /** Another's document and one that never was, or is due, are the same from outside. */
  private async own(tenant: TenantId, subject: SubjectId, number: string): Promise<Typed<DocumentRecord>> {
    const { records, vault } = this.tools;
    const pseudonym = await vault.pseudonym(tenant, subjectId(subject));
    const record = await records.documents.get(tenant, number);
    if (record === undefined || record.value.subject !== pseudonym || this.over(record.value)) throw unknown();
    return record;
  }

  private over({ due, images }: DocumentRecord): boolean {
    return images.length === 0 || due <= this.tools.clock.now();
  }

  private fact(event: AuditEventName, subject: string, data: AuditFact['data']): AuditFact {
    return { id: `iddoc:${newId()}`, event, subject, at: this.tools.clock.now(), data };
  }
}

/** A vendor's answer, if it is one of those that its plugin says it gives. */
function checked(result: IdentityCheckResult, { reasons }: IdentityVerificationPlugin): IdentityCheckResult {
  const { outcome, reasons: given } = result ?? {};
  const fits =
    ['verified', 'refused', 'unclear'].includes(outcome) &&
    Array.isArray(given) &&
    given.length <= reasons.length &&
    given.every((reason) => isPrintable(reason, 1, 64) && reasons.includes(reason));
  if (!fits) throw new AsignioError('ASIGNIO_VENDOR_UNAVAILABLE', 'The vendor’s answer is none that its plugin states');
  return { outcome, reasons: [...given] };
}

function view({ id: number, value }: Typed<DocumentRecord>): DocumentView {
  const { document, country, purpose, ground, images, storedAt, due } = value;
  return {
    id: number,
    class: 'government-id',
    document,
    country,
    purpose,
    ground,
    sides: images.map(({ side }) => side),
    storedAt,
    due,
  };
}

function keyOf(number: string): string {
  return `document.${number}`;
}

function aad(tenant: TenantId, number: string, what: string): string {
  return JSON.stringify(['asignio-document/1', tenant, number, what]);
}

function unknown(): AsignioError {
  return new AsignioError('ASIGNIO_NOT_FOUND', 'There is no such document');
}
