import { AsignioError } from '@asignio/contracts';
import type { DocumentImage, EpochMs, Modality, StoragePlugin, TenantId } from '@asignio/contracts';
import type {
  Agreement,
  Attribute,
  DataClass,
  DocumentKind,
  EgressPurpose,
  Ground,
  StaffStanding,
  TransferFinding,
} from '@asignio/policy';
import type { AuditChain, AuditFact } from '../audit/chain.ts';
import { Repository, isConflict } from '../store/repository.ts';
import type { Typed } from '../store/repository.ts';
import type {
  AssessmentInput,
  DatasetInput,
  IncidentInput,
  IncidentView,
  LegalOrderView,
  RelyingParty,
} from './api.ts';

/** A record with the audit entries that its last change still owes. They are written in the same compare-and-set. */
export interface Owing {
  readonly owed: readonly AuditFact[];
}

/** A member of staff, by pseudonym. */
export interface StaffRecord extends StaffStanding, Owing {
  /** The operator's id, sealed under the tenant's key. */
  readonly sealedId: Uint8Array;
}

/** An agreement as it was recorded. */
export interface AgreementRecord extends Owing {
  readonly agreement: Agreement;
  readonly recordedAt: EpochMs;
  /** Pseudonym of who recorded it. */
  readonly by: string;
  readonly endedAt: EpochMs | null;
  readonly endedBecause: string | null;
}

/** What a recipient keeps of somebody, by the name that it has there. */
export interface VendorCopy {
  readonly id: string;
  /** `null` for the copy of an identity document. */
  readonly modality: Modality | null;
  /** Id of the document that it is of. */
  readonly document?: string;
  readonly destroyedAt: EpochMs | null;
  /** Whether it is to be destroyed, and the sweep tries until it is. */
  readonly doomed: boolean;
  /** When the sweep looks again at one that is to be destroyed and under hold (R8). */
  readonly lookAt?: EpochMs;
}

/** A row of the ledger (R13). It outlives the data that it is of, as evidence, by pseudonym. */
export interface DisclosureRecord extends Owing {
  readonly subject: string;
  readonly at: EpochMs;
  readonly recipient: { readonly name: string; readonly region: string; readonly plugin: string | null };
  readonly data: readonly DataClass[];
  readonly fields: readonly string[];
  readonly purpose: EgressPurpose;
  readonly basis: { readonly ground: Ground; readonly reference: string };
  readonly agreement: string | null;
  readonly transfer: Pick<TransferFinding, 'by' | 'id'>;
  /** `leaving` and `unanswered`: it may have arrived. */
  readonly state: 'leaving' | 'sent' | 'unanswered' | 'not-sent';
  readonly copy: VendorCopy | null;
}

/** What a person released to one relying party (R14). */
export interface ReleaseRecord extends Owing {
  readonly subject: string;
  /** Names this release; another after a withdrawal. */
  readonly release: string;
  readonly party: RelyingParty;
  readonly attributes: readonly Attribute[];
  readonly grantedAt: EpochMs;
  readonly withdrawnAt: EpochMs | null;
}

/** A government-issued document of a person (R37). */
export interface DocumentRecord extends Owing {
  readonly subject: string;
  readonly document: DocumentKind;
  readonly country: string;
  readonly purpose: 'identity-verification';
  readonly ground: 'consent' | 'legal-obligation';
  readonly reference: string;
  /** The name that was typed under the consent, sealed. */
  readonly signature: Uint8Array | null;
  /** Sealed under a key of the document's own; none while it is being stored. */
  readonly images: readonly {
    readonly side: DocumentImage['side'];
    readonly mediaType: string;
    readonly sealed: Uint8Array;
  }[];
  readonly storedAt: EpochMs;
  readonly purposeMetAt: EpochMs | null;
  readonly due: EpochMs;
  /** When the sweep looks again at one that is due and under hold (R8). */
  readonly lookAt: EpochMs | null;
}

/** What was assessed (R30). */
export interface AssessmentRecord extends Owing, AssessmentInput {
  readonly register: 'assessment';
  readonly recordedAt: EpochMs;
  readonly recordedBy: string;
}

/** A compromise, with what must be done by when (R30). */
export interface IncidentRecord extends Owing, IncidentInput {
  readonly register: 'incident';
  readonly deadlines: IncidentView['deadlines'];
  readonly openedAt: EpochMs;
  readonly openedBy: string;
  readonly closedAt: EpochMs | null;
  readonly closedBecause: string | null;
}

/** A data set and what it is made of (R36, R39). */
export interface DatasetRecord extends Owing, DatasetInput {
  readonly register: 'dataset';
  readonly parts: readonly string[];
  readonly registeredAt: EpochMs;
  readonly registeredBy: string;
}

/** A disclosure by legal process or merger (R16). */
export interface LegalRecord extends Owing, Omit<LegalOrderView, 'id' | 'persons'> {
  readonly register: 'legal';
  /** Pseudonyms. */
  readonly subjects: readonly string[];
}

/** An entry of any register. */
export type RegisterRecord = AssessmentRecord | IncidentRecord | DatasetRecord | LegalRecord;

/** What governance keeps. */
export interface GovernanceRecords {
  readonly staff: Repository<StaffRecord>;
  readonly agreements: Repository<AgreementRecord>;
  readonly disclosures: Repository<DisclosureRecord>;
  readonly releases: Repository<ReleaseRecord>;
  readonly documents: Repository<DocumentRecord>;
  readonly registers: Repository<RegisterRecord>;
}

/** What owes audit entries is due at once, so that the next sweep finds it. */
const OVERDUE = 0;

/** What the entries of one register are found by, which is of no pseudonym's form. */
export function registerIndex(name: RegisterRecord['register']): string {
  return `register:${name}`;
}

export function createGovernanceRecords(storage: StoragePlugin): GovernanceRecords {
  return {
    staff: new Repository<StaffRecord>(storage, 'staff', dueIfOwing),
    agreements: new Repository<AgreementRecord>(storage, 'agreement', dueIfOwing),
    disclosures: new Repository(storage, 'disclosure', (value) => ({
      subject: value.subject,
      ...(value.copy !== null && value.copy.doomed && value.copy.destroyedAt === null
        ? { due: value.copy.lookAt ?? OVERDUE }
        : dueIfOwing(value)),
    })),
    releases: new Repository(storage, 'attribute', (value) => ({ subject: value.subject, ...dueIfOwing(value) })),
    documents: new Repository(storage, 'document', (value) => ({
      subject: value.subject,
      due: value.owed.length > 0 ? OVERDUE : (value.lookAt ?? value.due),
    })),
    registers: new Repository(storage, 'register', (value) => ({
      subject: registerIndex(value.register),
      ...dueIfOwing(value),
    })),
  };
}

function dueIfOwing({ owed }: Owing): { readonly due?: number } {
  return owed.length === 0 ? {} : { due: OVERDUE };
}

/**
 * Changes a record and writes the audit entries that the change owes, in that order; whoever finds it after a crash
 * writes them. `change` is pure; it returns `undefined` to leave the record as it is.
 */
export async function changeAudited<T extends Owing>(
  repository: Repository<T>,
  audit: AuditChain,
  tenant: TenantId,
  id: string,
  change: (value: T | undefined) => Omit<T, 'owed'> | undefined,
  fact: AuditFact,
): Promise<Typed<T> | undefined> {
  const record = await repository.update(tenant, id, (value) => {
    const changed = change(value);
    return changed === undefined ? undefined : ({ ...changed, owed: [...(value?.owed ?? []), fact] } as unknown as T);
  });
  if (record !== undefined) await settleAudit(repository, audit, record);
  return record;
}

/**
 * Writes the audit entries that a record owes, and notes it unless the record moved on: then they are owed anew.
 * @returns the record as it is then, or as it was where it moved on.
 */
export async function settleAudit<T extends Owing>(
  repository: Repository<T>,
  audit: AuditChain,
  record: Typed<T>,
): Promise<Typed<T>> {
  if (record.value.owed.length === 0) return record;
  await audit.append(record.tenant, ...record.value.owed);
  try {
    return await repository.replace(record, { ...record.value, owed: [] });
  } catch (error) {
    if (!isConflict(error)) throw error;
    return record;
  }
}

/** Runs what an operator asked for; a refusal of theirs is on record, and a fault of ours is not one. */
export async function recordRefusal<T>(
  audit: AuditChain,
  tenant: TenantId,
  fact: AuditFact,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AsignioError && error.status < 500)
      await audit.append(tenant, { ...fact, data: { ...fact.data, reason: error.code, detail: error.message } });
    throw error;
  }
}
