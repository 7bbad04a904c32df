import type { EpochMs, StoragePlugin, TenantId } from '@asignio/contracts';
import { certainly16 } from '@asignio/policy';
import type { AgeBand, GuardianEvidence, GuardianRelation, Minority } from '@asignio/policy';
import type { KeyRecord } from '../store/records.ts';
import { Repository } from '../store/repository.ts';
import type { Typed } from '../store/repository.ts';
import type { RightsEffect } from './records.ts';

/** That somebody is under 16, and since when it is known: the least that keeps them from coming back alone (R34). */
export interface MinorRecord {
  readonly is: 'minor';
  /** Pseudonym. */
  readonly of: string;
  readonly band: AgeBand;
  readonly knownAt: EpochMs;
  readonly effects: readonly RightsEffect[];
}

/** Who stands for a minor. */
export interface WardRecord {
  readonly is: 'ward';
  /** The minor's pseudonym. */
  readonly subject: string;
  /** Pseudonym. */
  readonly guardian: string;
  readonly relation: GuardianRelation;
  readonly evidence: GuardianEvidence;
  /** Where the evidence is kept, sealed. */
  readonly reference: Uint8Array;
  readonly verifiedAt: EpochMs;
  /** Pseudonym of the operator. */
  readonly verifiedBy: string;
  /** What was verified, signed as a JWS. */
  readonly attestation: string;
  /** When the guardian last agreed to something for the minor. */
  readonly signedAt: EpochMs | null;
}

/** By which a guardian finds for whom they stand. */
export interface GuardianRecord {
  readonly is: 'guardian';
  /** The guardian's pseudonym. */
  readonly subject: string;
  /** Pseudonym. */
  readonly child: string;
  /** The host's id of the minor, sealed under a key of the guardian's. */
  readonly sealedChild: Uint8Array;
}

export type CustodyRecord = MinorRecord | WardRecord | GuardianRecord;

/** What owes something is due at once, so that the next sweep finds it. */
const OVERDUE = 0;

/** Custody: who is a minor, who stands for them, and for whom somebody stands. */
export class CustodyStore {
  readonly records: Repository<CustodyRecord>;

  private readonly keys: Repository<KeyRecord>;

  constructor(storage: StoragePlugin, keys: Repository<KeyRecord>) {
    this.keys = keys;
    this.records = new Repository<CustodyRecord>(storage, 'custody', indexOf);
  }

  /** What is known of a subject's age and guardian; the same reads for whoever is asked about. */
  async minority(tenant: TenantId, subject: string): Promise<Minority | null> {
    const [minor, ward] = await Promise.all([this.minor(tenant, subject), this.ward(tenant, subject)]);
    if (minor === undefined) return null;
    return { band: minor.value.band, guardian: ward?.value.guardian ?? null };
  }

  async minor(tenant: TenantId, subject: string): Promise<Typed<MinorRecord> | undefined> {
    return (await this.records.get(tenant, minorId(subject))) as Typed<MinorRecord> | undefined;
  }

  async ward(tenant: TenantId, subject: string): Promise<Typed<WardRecord> | undefined> {
    return (await this.records.get(tenant, wardId(subject))) as Typed<WardRecord> | undefined;
  }

  /** What is kept of a minor: that they are one, and who stands for them. */
  async ofMinor(tenant: TenantId, subject: string): Promise<readonly Typed<CustodyRecord>[]> {
    const records = await Promise.all([this.minor(tenant, subject), this.ward(tenant, subject)]);
    return records.filter((record) => record !== undefined);
  }

  /** Links of a guardian. */
  async links(tenant: TenantId, guardian: string): Promise<readonly Typed<GuardianRecord>[]> {
    const records = await this.records.ofSubject(tenant, guardian);
    return records.filter((record): record is Typed<GuardianRecord> => record.value.is === 'guardian');
  }

  /** As {@link Repository.update}, of a ward's record. */
  async updateWard(
    tenant: TenantId,
    subject: string,
    change: (value: WardRecord | undefined) => WardRecord | undefined,
  ): Promise<Typed<WardRecord> | undefined> {
    const record = await this.records.update(tenant, wardId(subject), (value) =>
      change(value as WardRecord | undefined),
    );
    return record as Typed<WardRecord> | undefined;
  }

  /** As {@link Repository.update}, of what is known of a minor. */
  async updateMinor(
    tenant: TenantId,
    subject: string,
    change: (value: MinorRecord | undefined) => MinorRecord | undefined,
  ): Promise<Typed<MinorRecord> | undefined> {
    const record = await this.records.update(tenant, minorId(subject), (value) =>
      change(value as MinorRecord | undefined),
    );
    return record as Typed<MinorRecord> | undefined;
  }

  async link(tenant: TenantId, guardian: string, child: string, sealedChild: Uint8Array): Promise<void> {
    const value: GuardianRecord = { is: 'guardian', subject: guardian, child, sealedChild };
    await this.records.insertOnce(tenant, linkId(guardian, child), value);
  }

  /**
   * Ends a guardianship that was verified by then; one that was verified again since stands. Nothing is left of it but the
   * audit entries.
   */
  async end(tenant: TenantId, child: string, guardian: string, at: EpochMs): Promise<void> {
    const ward = await this.ward(tenant, child);
    if (ward !== undefined && (ward.value.guardian !== guardian || ward.value.verifiedAt > at)) return;
    if (ward !== undefined) await this.records.removeRead(ward);
    await this.records.remove(tenant, linkId(guardian, child));
    if ((await this.links(tenant, guardian)).length === 0) await this.keys.remove(tenant, guardianKey(guardian));
  }

  async forgetMinor(tenant: TenantId, subject: string, at: EpochMs): Promise<void> {
    const minor = await this.minor(tenant, subject);
    if (minor !== undefined && minor.value.knownAt <= at) await this.records.remove(tenant, minorId(subject));
  }
}

/**
 * That somebody is a minor, and who stands for them, is found by nobody who looks for all that is held of them: it outlives
 * the destruction of what they agreed to alone. The first goes when they are 16 for certain, the second with what is
 * destroyed for any other reason (`Minors.step`).
 */
function indexOf(value: CustodyRecord) {
  if (value.is === 'guardian') return { subject: value.subject };
  if (value.is === 'ward') return {};
  return { due: value.effects.length > 0 ? OVERDUE : certainly16(value.band, value.knownAt) };
}

/** Key of the names of those for whom somebody stands. */
export function guardianKey(guardian: string): string {
  return `guardian.${guardian}`;
}

export function minorId(subject: string): string {
  return `minor.${subject}`;
}

function wardId(subject: string): string {
  return `ward.${subject}`;
}

function linkId(guardian: string, child: string): string {
  return `guardian.${guardian}.${child}`;
}
