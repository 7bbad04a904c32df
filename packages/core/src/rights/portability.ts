import { randomBytes, scrypt } from 'node:crypto';
import { compactVerify, importJWK } from 'jose';
import { AsignioError } from '@asignio/contracts';
import type { Clock, Engine, ErrorCode, Modality, Permit, TenantId } from '@asignio/contracts';
import { sealAad } from '@asignio/engine';
import { PORTABLE_KDF, portableDigest, readPortable, writePortable } from '@asignio/policy';
import type { PortableContent, PortableDocument, PortableReference } from '@asignio/policy';
import type { AuditChain } from '../audit/chain.ts';
import type { Effect } from '../effects/effect.ts';
import type { Decryption } from '../governance/decryption.ts';
import type { Signer } from '../signer.ts';
import type { ReferenceRecord, Repositories } from '../store/records.ts';
import { isRefusal } from '../subject/permits.ts';
import type { Permits } from '../subject/permits.ts';
import type { Vault } from '../vault.ts';
import { newId } from '../ceremony/binding.ts';
import type { PortableFile, Requester, RequestView, Rights } from './api.ts';
import type { AttributeStore } from './attributes.ts';
import { fact } from './cases.ts';
import type { Cases } from './cases.ts';
import type { Gate, Person } from './gate.ts';
import { checkExport, checkImport } from './input.ts';

export interface PortabilityTools {
  readonly repositories: Repositories;
  readonly vault: Vault;
  readonly engine: Engine;
  readonly permits: Permits;
  readonly decryption: Decryption;
  readonly signer: Signer;
  readonly audit: AuditChain;
  readonly gate: Gate;
  readonly cases: Cases;
  readonly attributes: AttributeStore;
  readonly clock: Clock;
  /** JWKs of other systems whose exports are taken. */
  readonly trusted: readonly { readonly [member: string]: unknown }[];
}

/** Why an export is not taken back, where the fault is the export's or its bearer's. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'ASIGNIO_EXPORT_INVALID',
  'ASIGNIO_EXPORT_UNTRUSTED',
  'ASIGNIO_CONSENT_REQUIRED',
]);

type Activation = Extract<Effect, { type: 'activate' }>;

const SIGNED_AS = 'asignio-portable+jws';

/** R22: what a person takes elsewhere, and brings back. A reference in it is sealed under their passphrase, and never plain. */
export class Portability {
  private readonly tools: PortabilityTools;

  constructor(tools: PortabilityTools) {
    this.tools = tools;
  }

  async give(
    who: Requester,
    input?: { readonly passphrase?: string },
  ): Promise<{ readonly request: RequestView; readonly file: PortableFile }> {
    const { repositories, gate, cases, signer } = this.tools;
    const { passphrase } = checkExport(input);
    const person = await gate.verify(who, 'portability');
    const { tenant, subject } = person;
    if ((await repositories.subjects.get(tenant, subject)) === undefined)
      throw new AsignioError('ASIGNIO_NOT_FOUND', 'Nothing is held about you');
    const content = await this.content(person, passphrase);
    const claims = { id: content.id, sha256: portableDigest(content) };
    const text = writePortable({ ...content, signature: await signer.sign(tenant, SIGNED_AS, claims) });
    // What we give out we must be able to take back.
    readPortable(text);
    const references = content.references.map(({ modality }) => modality);
    const record = await cases.open(tenant, subject, {
      type: 'portability',
      outcome: 'done',
      effects: (id, at) => [
        fact(id, 'dsar.portability', subject, at, { export: content.id, references: references.join(' ') }),
      ],
    });
    const name = `asignio-${content.issuedAt.slice(0, 10)}.json`;
    return { request: await cases.view(record), file: { text, name, references } };
  }

  async take(who: Requester, input: Parameters<Rights['importData']>[1]): ReturnType<Rights['importData']> {
    const { gate, cases, attributes } = this.tools;
    const { text, passphrase } = checkImport(input);
    const person = await gate.verify(who, 'import');
    const { tenant, subject } = person;
    // All that can fail comes before the first write that counts.
    const { document, activations } = await this.accepted(person, text, passphrase);
    const changes = await attributes.seal(tenant, subject, document.attributes);
    const record = await cases.open(tenant, subject, {
      type: 'import',
      outcome: 'done',
      // Consents of elsewhere are evidence of what was agreed there, and permit nothing here.
      texts: { imported: JSON.stringify(document.consents) },
      effects: (id, at) => [
        { type: 'attributes', subject, changes, at },
        ...activations,
        { type: 'interaction', subject, at },
        fact(id, 'data.imported', subject, at, {
          export: document.id,
          issuer: document.issuer,
          references: activations.length,
          consents: document.consents.length,
        }),
      ],
    });
    return {
      request: await cases.view(record),
      attributes: Object.keys(document.attributes),
      consents: document.consents.length,
      references: activations.map(({ reference }) => reference.modality),
    };
  }

  /** What an export brings, or a refusal that is on record. */
  private async accepted(
    person: Person,
    text: string,
    passphrase: string | undefined,
  ): Promise<{ readonly document: PortableDocument; readonly activations: readonly Activation[] }> {
    const { repositories, audit, clock } = this.tools;
    const { tenant, subject } = person;
    try {
      const document = await this.checked(person, text);
      if ((await repositories.subjects.get(tenant, subject)) === undefined)
        throw new AsignioError('ASIGNIO_CONSENT_REQUIRED', 'Agree here first: an export brings no agreement with it');
      const activations = passphrase === undefined ? [] : await this.references(person, document, passphrase);
      return { document, activations };
    } catch (error) {
      if (error instanceof AsignioError && REFUSALS.has(error.code))
        await audit.append(tenant, {
          id: `import:${newId()}`,
          event: 'data.refused',
          subject,
          at: clock.now(),
          data: { reason: error.code },
        });
      throw error;
    }
  }

  private async content(person: Person, passphrase: string | undefined): Promise<PortableContent> {
    const { repositories, attributes, clock } = this.tools;
    const { tenant, id: host, subject } = person;
    const id = randomBytes(16).toString('base64url');
    const consents = await repositories.consents.ofSubject(tenant, subject);
    const salt = randomBytes(16);
    const references = passphrase === undefined ? [] : await this.sealedReferences(person, id, passphrase, salt);
    return {
      format: 'asignio-portable/1',
      id,
      issuer: tenant,
      issuedAt: iso(clock.now()),
      subject: host,
      attributes: await attributes.read(tenant, subject),
      consents: consents.map(({ value: { consent } }) => ({
        id: consent.id,
        purpose: consent.purpose,
        modality: consent.modality,
        state: consent.state,
        noticeVersion: consent.noticeVersion,
        noticeSha256: consent.noticeSha256,
        language: consent.language,
        grantedAt: iso(consent.grantedAt),
        withdrawnAt: consent.withdrawnAt === null ? null : iso(consent.withdrawnAt),
        what: consent.what,
        why: consent.why,
        retention: consent.retentionPeriod,
        recipients: consent.recipients,
      })),
      protection: references.length === 0 ? null : { ...PORTABLE_KDF, salt: salt.toString('base64url') },
      references,
    };
  }

  /** Only what may be processed now: without a permit a reference stays where it is. */
  private async sealedReferences(
    { tenant, subject }: Person,
    id: string,
    passphrase: string,
    salt: Uint8Array,
  ): Promise<readonly PortableReference[]> {
    const { repositories, vault, engine, decryption } = this.tools;
    const key = await deriveKey(passphrase, salt);
    try {
      const sealed: PortableReference[] = [];
      for (const { value } of await repositories.references.ofSubject(tenant, subject)) {
        const { modality } = value;
        const permit = await this.permit(tenant, subject, modality);
        const seal =
          permit === undefined || value.revokedAt !== undefined
            ? undefined
            : await vault.findSealKey(tenant, value.key, value);
        if (permit === undefined || seal === undefined) continue;
        await decryption.opened(
          { tenant, subject, modality, ceremony: `${id}.${value.variant}`, act: 'export' },
          permit,
          1,
        );
        const bytes = await engine.reseal({
          permit,
          modality,
          direction: 'out',
          reference: value.sealed,
          seal,
          outside: { dataKey: Uint8Array.from(key), aad: outsideAad(id, modality) },
        });
        sealed.push({
          modality,
          variant: value.variant,
          createdAt: iso(value.createdAt),
          samples: value.samples,
          established: value.established,
          model: { name: value.model.name, version: value.model.version },
          sealed: Buffer.from(bytes).toString('base64url'),
        });
      }
      return sealed;
    } finally {
      key.fill(0);
    }
  }

  /** Whether it is an export at all, unchanged, of a system that is trusted, and of this person if it is of this tenant. */
  private async checked({ tenant, id }: Person, text: string): Promise<PortableDocument> {
    const document = readPortable(text);
    const own = (await this.tools.signer.publicKeys(tenant)).keys;
    const isOwn = await isSignedBy(own, document);
    if (!isOwn && !(await isSignedBy(this.tools.trusted, document)))
      throw new AsignioError('ASIGNIO_EXPORT_UNTRUSTED', 'Its key is not one that is trusted here');
    if (isOwn && (document.issuer !== tenant || document.subject !== id))
      throw new AsignioError('ASIGNIO_EXPORT_UNTRUSTED', 'It is of somebody else');
    return document;
  }

  /** References sealed anew for this system, each under a key of its own and the consent that was given here. */
  private async references(
    { tenant, subject }: Person,
    document: PortableDocument,
    passphrase: string,
  ): Promise<readonly Activation[]> {
    const { protection, references } = document;
    if (protection === null) return [];
    const key = await deriveKey(passphrase, Buffer.from(protection.salt, 'base64url'));
    const made: Extract<Effect, { type: 'activate' }>[] = [];
    try {
      for (const portable of references)
        made.push(await this.reference(tenant, subject, document.id, portable, Uint8Array.from(key)));
      return made;
    } catch (error) {
      for (const { reference } of made) await this.tools.repositories.keys.remove(tenant, reference.key);
      throw error;
    } finally {
      key.fill(0);
    }
  }

  private async reference(
    tenant: TenantId,
    subject: Person['subject'],
    document: string,
    portable: PortableReference,
    dataKey: Uint8Array,
  ): Promise<Extract<Effect, { type: 'activate' }>> {
    const { repositories, vault, engine, permits, decryption, clock } = this.tools;
    const { modality, variant, samples, established, model } = portable;
    const permit = await permits.issue(tenant, subject, modality);
    const alike = (await repositories.references.ofSubject(tenant, subject)).filter(
      ({ value }) => value.modality === modality && value.variant === variant,
    );
    if (alike.some(({ value }) => value.createdAt > Date.parse(portable.createdAt)))
      throw new AsignioError(
        'ASIGNIO_EXPORT_INVALID',
        'There is a newer enrolment here; an older one never replaces it',
      );
    const id = newId();
    const binding = { subject, modality, generation: 1, consent: permit.consent };
    await vault.createKey(tenant, subject, modality, id);
    try {
      await decryption.opened({ tenant, subject, modality, ceremony: id, act: 'import' }, permit, 1);
      const sealed = await engine.reseal({
        permit,
        modality,
        direction: 'in',
        reference: Buffer.from(portable.sealed, 'base64url'),
        seal: await vault.sealKey(tenant, id, binding),
        outside: { dataKey, aad: outsideAad(document, modality) },
      });
      const createdAt = alike.reduce((latest, { value }) => Math.max(latest, value.createdAt + 1), clock.now());
      const reference: ReferenceRecord = {
        ...binding,
        variant,
        key: id,
        sealed,
        samples,
        established,
        createdAt,
        model,
        adaptations: [],
      };
      return { type: 'activate', id, reference };
    } catch (error) {
      await repositories.keys.remove(tenant, id);
      if (error instanceof AsignioError && error.code === 'ASIGNIO_REFERENCE_UNREADABLE')
        throw new AsignioError('ASIGNIO_EXPORT_INVALID', 'The passphrase does not open it');
      throw error;
    }
  }

  private async permit(tenant: TenantId, subject: string, modality: Modality): Promise<Permit | undefined> {
    try {
      return await this.tools.permits.issue(tenant, subject, modality);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return undefined;
    }
  }
}

/** Whether one of the keys signed it, in the one form that a JWS has. */
async function isSignedBy(
  keys: readonly { readonly [member: string]: unknown }[],
  document: PortableDocument,
): Promise<boolean> {
  const { signature } = document;
  // The last character of a part can be written in several ways that mean the same.
  if (signature.split('.').some((part) => Buffer.from(part, 'base64url').toString('base64url') !== part)) return false;
  for (const key of keys) {
    try {
      const { payload, protectedHeader } = await compactVerify(signature, await importJWK(key, 'EdDSA'), {
        algorithms: ['EdDSA'],
      });
      const { id, sha256 } = JSON.parse(Buffer.from(payload).toString('utf8')) as { id?: unknown; sha256?: unknown };
      return protectedHeader.typ === SIGNED_AS && id === document.id && sha256 === portableDigest(document);
    } catch {
      // Another key's, or nobody's.
    }
  }
  return false;
}

/** Binds a reference in an export to the export and its modality. */
function outsideAad(document: string, modality: Modality): string {
  return sealAad({
    tenant: 'asignio-portable/1',
    subject: document,
    modality,
    version: 1,
    consent: 'none',
    kind: 'reference',
  });
}

function deriveKey(passphrase: string, salt: Uint8Array): Promise<Buffer> {
  const { n: N, r, p } = PORTABLE_KDF;
  return new Promise((done, failed) => {
    scrypt(passphrase.normalize('NFKC'), salt, 32, { N, r, p, maxmem: 64 * 1024 * 1024 }, (error, key) =>
      error === null ? done(key) : failed(error),
    );
  });
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
