import Joi from 'joi';
import { AsignioError } from '@asignio/contracts';
import type {
  Clock,
  ErrorCode,
  Modality,
  Permit,
  Pseudonym,
  StoragePlugin,
  SubjectId,
  TenantId,
} from '@asignio/contracts';
import { open, seal } from '@asignio/engine';
import { coarsePlace, denialEvent, nearnessOf, placeDue } from '@asignio/policy';
import type { Nearness, Place, Position } from '@asignio/policy';
import type { AuditChain, AuditFact } from '../audit/chain.ts';
import { newId } from '../ceremony/binding.ts';
import { checkInput, line } from '../governance/input.ts';
import { settleAudit } from '../governance/records.ts';
import { HELD_LOOK_MS } from '../store/records.ts';
import type { Repositories } from '../store/records.ts';
import type { Repository, Typed } from '../store/repository.ts';
import type { HoldGate } from '../subject/hold-gate.ts';
import { isRefusal } from '../subject/permits.ts';
import type { Permits } from '../subject/permits.ts';
import type { SweepDuty } from '../sweep.ts';
import type { Vault } from '../vault.ts';
import type { KeptPlace, Locations } from './api.ts';
import { createLocationRecords, isLocation, locationId } from './records.ts';
import type { LocationRecord } from './records.ts';

/** Places of one person that are kept at most: beyond, the oldest goes. */
const MAX_KEPT = 20;

export interface LocationTools {
  readonly storage: StoragePlugin;
  readonly repositories: Pick<Repositories, 'consents' | 'keys'>;
  readonly vault: Vault;
  readonly permits: Permits;
  readonly gate: HoldGate;
  readonly audit: AuditChain;
  readonly clock: Clock;
  readonly modalities: readonly Modality[];
  /** How long a place is kept, days. */
  readonly days: number;
}

interface Located {
  readonly subject: SubjectId;
  readonly position: Position;
}

const degrees = Joi.number().required();
const LOCATED = Joi.object<Located>({
  subject: Joi.string().required(),
  position: Joi.object<Position>({ latitude: degrees, longitude: degrees }).required(),
});
const TOLD = Joi.object<{ subject: SubjectId; recipient: string }>({
  subject: Joi.string().required(),
  recipient: line(100).required(),
});

/** {@link Locations} over the store (R31). */
export class LocationService implements Locations {
  private readonly tools: LocationTools;
  private readonly records: Repository<LocationRecord>;
  /** The part of the sweep: what has had its time goes. */
  readonly duty: SweepDuty;

  constructor(tools: LocationTools) {
    this.tools = tools;
    this.records = createLocationRecords(tools.storage);
    this.duty = async (walk) =>
      walk(this.records, async (record) => {
        if (!isLocation(record)) return;
        if (record.value.owed.length > 0) await settleAudit(this.records, tools.audit, record);
        if (record.value.expiresAt <= tools.clock.now()) await this.expire(record);
      });
  }

  async keep(tenant: TenantId, input: Located): Promise<{ place: Place; until: number }> {
    const { vault, repositories, audit, clock, days } = this.tools;
    const { subject, position } = checkInput(LOCATED, input);
    const pseudonym = await vault.pseudonym(tenant, subject);
    const permit = await this.permit(tenant, pseudonym);
    const place = coarsePlace(position);
    const now = clock.now();
    const consent = await repositories.consents.get(tenant, permit.consent);
    const until = placeDue(now, consent?.value.consent.validUntil ?? null, days);
    const id = newId();
    const key = locationId(id);
    await vault.createKey(tenant, pseudonym, null, key);
    const record = await this.records.insert(tenant, locationId(id), {
      type: 'location',
      subject: pseudonym,
      consent: permit.consent,
      sealed: await this.seal(tenant, pseudonym, key, place),
      key,
      at: now,
      expiresAt: until,
      lookAt: null,
      owed: [this.used(pseudonym, 'kept', { consent: permit.consent })],
    });
    // Whoever takes consent back looks for places afterwards, so that one of the two always sees the other.
    try {
      await this.permit(tenant, pseudonym);
    } catch (error) {
      await this.remove(record);
      throw error;
    }
    await settleAudit(this.records, audit, record);
    await this.dropOldest(tenant, pseudonym);
    return { place, until };
  }

  async compare(tenant: TenantId, input: Located): Promise<{ nearness: Nearness }> {
    const { vault, audit } = this.tools;
    const { subject, position } = checkInput(LOCATED, input);
    const pseudonym = await vault.pseudonym(tenant, subject);
    const permit = await this.permit(tenant, pseudonym);
    const place = coarsePlace(position);
    const earlier = await this.read(tenant, pseudonym);
    const nearness = nearnessOf(
      place,
      earlier.map(({ latitude, longitude }) => ({ latitude, longitude })),
    );
    await audit.append(tenant, this.used(pseudonym, 'compared', { consent: permit.consent }));
    return { nearness };
  }

  async latest(tenant: TenantId, input: { subject: SubjectId; recipient: string }): Promise<Place | null> {
    const { vault, audit } = this.tools;
    const { subject, recipient } = checkInput(TOLD, input);
    const pseudonym = await vault.pseudonym(tenant, subject);
    const permit = await this.permit(tenant, pseudonym);
    const [newest] = await this.read(tenant, pseudonym);
    if (newest === undefined) return null;
    await audit.append(tenant, this.used(pseudonym, 'told', { consent: permit.consent, recipient }));
    return { latitude: newest.latitude, longitude: newest.longitude };
  }

  async list(tenant: TenantId, subject: SubjectId): Promise<readonly KeptPlace[]> {
    const pseudonym = await this.tools.vault.pseudonym(tenant, subject);
    try {
      await this.issue(tenant, pseudonym);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return [];
    }
    return this.read(tenant, pseudonym);
  }

  /** R4, R31: consent to it was taken back: what was kept until then goes, keys first; what is under hold, with the hold. */
  async forget(tenant: TenantId, subject: string, at: number): Promise<void> {
    for (const record of await this.ofSubject(tenant, subject)) {
      // Agreed to anew since.
      if (record.value.at > at) continue;
      const doomed = await this.records.update(tenant, record.id, (value) =>
        value === undefined || value.expiresAt <= at ? undefined : { ...value, expiresAt: at },
      );
      if (doomed !== undefined) await this.expire(doomed);
    }
  }

  /** R8: a hold has ended: what waited for it goes. */
  async resume(tenant: TenantId, subject: string): Promise<void> {
    const now = this.tools.clock.now();
    for (const record of await this.ofSubject(tenant, subject))
      if (record.value.expiresAt <= now) await this.expire(record);
  }

  /** Leave to use places, or the refusal, which is on record. */
  private async permit(tenant: TenantId, pseudonym: string): Promise<Permit> {
    try {
      return await this.issue(tenant, pseudonym);
    } catch (error) {
      const event = isRefusal(error) ? denialEvent(error.code, 'location') : undefined;
      if (event !== undefined)
        await this.tools.audit.append(tenant, {
          id: `location-denied:${newId()}`,
          event,
          subject: pseudonym,
          at: this.tools.clock.now(),
          data: { purpose: 'location', reason: (error as AsignioError).code },
        });
      throw error;
    }
  }

  /** A consent to location names the modality that it was asked with; any of them will do. */
  private async issue(tenant: TenantId, pseudonym: string): Promise<Permit> {
    let refusal: AsignioError | undefined;
    for (const modality of this.tools.modalities)
      try {
        return await this.tools.permits.issue(tenant, pseudonym, modality, 'location');
      } catch (error) {
        if (!isRefusal(error)) throw error;
        // Of several the one that says more: that there is a consent, and why it does not do.
        if (refusal === undefined || refusal.code === NONE) refusal = error;
      }
    throw refusal ?? new AsignioError(NONE);
  }

  /** Places that have not had their time, newest first. */
  private async read(tenant: TenantId, pseudonym: string): Promise<readonly KeptPlace[]> {
    const now = this.tools.clock.now();
    const places: KeptPlace[] = [];
    for (const { value } of await this.ofSubject(tenant, pseudonym)) {
      if (value.expiresAt <= now) continue;
      const place = await this.open(tenant, value);
      if (place !== undefined) places.push({ ...place, at: value.at, until: value.expiresAt });
    }
    return places.sort((a, b) => b.at - a.at);
  }

  private async ofSubject(tenant: TenantId, pseudonym: string): Promise<readonly Typed<LocationRecord>[]> {
    return (await this.records.ofSubject(tenant, pseudonym)).filter(isLocation);
  }

  private async dropOldest(tenant: TenantId, pseudonym: string): Promise<void> {
    const kept = [...(await this.ofSubject(tenant, pseudonym))].sort((a, b) => b.value.at - a.value.at);
    for (const record of kept.slice(MAX_KEPT)) await this.remove(record);
  }

  /** Destroys one that has had its time; one under hold is looked at again later. */
  private async expire(record: Typed<LocationRecord>): Promise<void> {
    if (await this.remove(record)) return;
    const lookAt = this.tools.clock.now() + HELD_LOOK_MS;
    await this.records.update(record.tenant, record.id, (value) =>
      value === undefined ? undefined : { ...value, lookAt },
    );
    // The hold may have ended before it was known that this waits for it.
    await this.remove(record);
  }

  /** @returns `false` for what stays under hold */
  private async remove({ tenant, id, value }: Typed<LocationRecord>): Promise<boolean> {
    return this.tools.gate.remove(tenant, {
      id,
      subject: value.subject,
      modality: null,
      records: [
        { kind: 'key', id: value.key },
        { kind: 'attribute', id },
      ],
    });
  }

  private async seal(tenant: TenantId, subject: Pseudonym, key: string, place: Place): Promise<Uint8Array> {
    const dataKey = await this.tools.vault.dataKey(tenant, key);
    try {
      return seal({ dataKey, aad: aad(tenant, subject, key) }, Buffer.from(JSON.stringify(place), 'utf8'));
    } finally {
      dataKey.fill(0);
    }
  }

  /** @returns `undefined` once its key is destroyed. */
  private async open(tenant: TenantId, { subject, key, sealed }: LocationRecord): Promise<Place | undefined> {
    const dataKey = await this.tools.vault.findDataKey(tenant, key);
    if (dataKey === undefined) return undefined;
    try {
      return JSON.parse(
        Buffer.from(open({ dataKey, aad: aad(tenant, subject, key) }, sealed)).toString('utf8'),
      ) as Place;
    } finally {
      dataKey.fill(0);
    }
  }

  /** R31: the entry of each use; no coordinate is in it. */
  private used(subject: string, use: 'kept' | 'compared' | 'told', data: AuditFact['data']): AuditFact {
    return {
      id: `location:${newId()}`,
      event: 'location.used',
      subject,
      at: this.tools.clock.now(),
      data: { use, ...data },
    };
  }
}

const NONE: ErrorCode = 'ASIGNIO_CONSENT_REQUIRED';

function aad(tenant: TenantId, subject: string, key: string): string {
  return JSON.stringify(['asignio-location/1', tenant, subject, key]);
}
