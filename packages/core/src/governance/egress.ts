import { AsignioError } from '@asignio/contracts';
import type { AuditEventName, Clock, Modality, Permit, Purpose, TenantId } from '@asignio/contracts';
import {
  checkCovered,
  checkEgress,
  checkEgressPurpose,
  checkRestrictions,
  isPrintable,
  needsAgreement,
  UNHINDERED,
} from '@asignio/policy';
import type {
  Agreement,
  DataClass,
  EgressPurpose,
  Ground,
  Region,
  TransferFinding,
  TransferMechanism,
} from '@asignio/policy';
import type { AuditChain, AuditFact } from '../audit/chain.ts';
import { newId } from '../ceremony/binding.ts';
import type { Repositories } from '../store/records.ts';
import type { Typed } from '../store/repository.ts';
import type { Permits } from '../subject/permits.ts';
import { settleAudit } from './records.ts';
import type { DisclosureRecord, GovernanceRecords, VendorCopy } from './records.ts';
import type { Regions } from './regions.ts';

/** A vendor that has not answered by then has not answered, ms. */
const DEADLINE_MS = 10_000;

/** Something that is about to leave. */
export interface Leaving {
  readonly tenant: TenantId;
  /** Pseudonym of whom it is about. */
  readonly subject: string;
  /** As it was asked for. */
  readonly purpose: string;
  readonly data: readonly DataClass[];
  /** What of them, by name: for the ledger, never the values. */
  readonly fields: readonly string[];
  readonly recipient: {
    readonly name: string;
    readonly region: Region;
    /** Name of the plugin that carries it; `null` where this system hands it to whoever asked. */
    readonly plugin: string | null;
    /** Id of its agreement, where it has one. */
    readonly agreement: string | null;
  };
  /** Where the person is, if the host knows; beside what is stored of it. */
  readonly knownPlace?: () => Promise<Region | undefined>;
  /** What makes the transfer lawful where it is not the agreement. */
  readonly mechanism?: TransferMechanism;
  /** A copy that stays with the recipient, and must be destroyed there in its time. */
  readonly copy?: Pick<VendorCopy, 'id' | 'modality' | 'document'>;
  /** A condition of the sender's own, looked at last of all. */
  readonly ready?: () => Promise<void>;
  /** What is on record of it beside the disclosure, once it has left. */
  readonly sent?: AuditFact;
}

/** What it rests on, where no sample leaves. */
export interface Basis {
  readonly ground: Exclude<Ground, 'permit'>;
  /** Of the consent, order or assessment. */
  readonly reference: string;
}

export interface EgressTools {
  readonly records: GovernanceRecords;
  readonly repositories: Repositories;
  readonly permits: Permits;
  readonly regions: Regions;
  readonly audit: AuditChain;
  readonly clock: Clock;
}

/** What a gate found before the row was written. */
interface Cleared {
  readonly purpose: EgressPurpose;
  readonly agreement: Agreement | undefined;
  readonly transfer: TransferFinding;
  readonly ground: Ground;
  readonly reference: string;
  /** What of the checks is still to be put on record, with the row. */
  readonly owed: readonly AuditFact[];
}

/**
 * The one way out (R11, R12, R13, R32). Whatever leaves for somebody else is checked in this order, and nothing is sent,
 * nor a connection opened, before the last check has passed and the row of the ledger is written: purpose, agreement,
 * consent, region, restrictions of the person's place, ledger, consent once more.
 *
 * What a plugin carries is on record in the audit chain before the call. What is only handed to whoever asked is on record in
 * the same moment as the rest of what is said of it, before it is given.
 *
 * The last look is at what may have changed since the first: whoever destroys a vendor's copies looks for rows after the
 * consent is withdrawn, so that one of the two always sees the other.
 */
export class Egress {
  private readonly tools: EgressTools;

  constructor(tools: EgressTools) {
    this.tools = tools;
  }

  /**
   * Lets out a sample, under a permit for just this purpose.
   * @throws AsignioError `ASIGNIO_PURPOSE_FORBIDDEN`, `ASIGNIO_AGREEMENT_REQUIRED`, `ASIGNIO_CONSENT_...`,
   * `ASIGNIO_PROCESSING_RESTRICTED`, `ASIGNIO_TRANSFER_REFUSED`; and of the recipient `ASIGNIO_VENDOR_UNAVAILABLE`,
   * `ASIGNIO_SAMPLE_INVALID`, `ASIGNIO_NOT_FOUND`.
   */
  async passSample<T>(
    leaving: Leaving,
    modality: Modality,
    send: (permit: Permit, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { tenant, subject } = leaving;
    const permit = async (purpose: EgressPurpose): Promise<Permit> =>
      this.tools.permits.issue(tenant, subject, modality, purpose as Purpose);
    return this.pass(
      leaving,
      'permit',
      async (purpose) => (await permit(purpose)).consent,
      async (purpose) => {
        const last = await permit(purpose);
        return (signal) => send(last, signal);
      },
    );
  }

  /** Lets out what is no sample, on a basis. Throws as {@link passSample}. */
  async passOther<T>(leaving: Leaving, basis: Basis, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.pass(
      leaving,
      basis.ground,
      async (purpose) => {
        await this.checkStanding(leaving, purpose);
        return basis.reference;
      },
      async (purpose) => {
        await this.checkStanding(leaving, purpose);
        return send;
      },
    );
  }

  private async pass<T>(
    leaving: Leaving,
    ground: Ground,
    consent: (purpose: EgressPurpose) => Promise<string>,
    lastLook: (purpose: EgressPurpose) => Promise<(signal: AbortSignal) => Promise<T>>,
  ): Promise<T> {
    const cleared = await this.recordingDenial(leaving, async () => this.clear(leaving, ground, consent));
    const row = await this.disclose(leaving, cleared);
    let send: (signal: AbortSignal) => Promise<T>;
    try {
      send = await this.recordingDenial(
        leaving,
        async () => {
          await leaving.ready?.();
          return lastLook(cleared.purpose);
        },
        row.value.owed,
      );
      await this.recordCall(leaving, row.id);
    } catch (error) {
      await this.conclude(row, 'not-sent');
      throw error;
    }
    let answer: T;
    try {
      answer = await withDeadline(send);
    } catch (error) {
      // It may have arrived though no answer came.
      await this.conclude(row, 'unanswered');
      throw asVendorError(error);
    }
    await this.conclude(row, 'sent', leaving.sent);
    return answer;
  }

  private async clear(
    leaving: Leaving,
    ground: Ground,
    consent: (purpose: EgressPurpose) => Promise<string>,
  ): Promise<Cleared> {
    const { regions } = this.tools;
    const { tenant, data, recipient } = leaving;
    const purpose = checkEgressPurpose(leaving.purpose);
    checkEgress(purpose, data, ground);
    const agreement = needsAgreement(purpose) ? await this.agreement(leaving, purpose) : undefined;
    const reference = await consent(purpose);
    const mechanism = leaving.mechanism ?? agreement?.mechanism;
    const to = recipient.plugin ?? recipient.name;
    const { finding, fact } = await regions.find(tenant, recipient.region, to, mechanism);
    if (recipient.plugin !== null) {
      await this.tools.audit.append(tenant, fact);
      await this.checkPlaces(leaving, agreement);
    }
    return { purpose, agreement, transfer: finding, ground, reference, owed: recipient.plugin === null ? [fact] : [] };
  }

  /** Of all places that somebody may be of, the strictest counts; the tenant's home where none is known. */
  private async checkPlaces({ tenant, subject, data, knownPlace }: Leaving, agreement?: Agreement): Promise<void> {
    const { repositories, regions } = this.tools;
    const stored = (await repositories.subjects.get(tenant, subject))?.value.places ?? [];
    const known = await knownPlace?.();
    const places = known === undefined ? stored : [...stored, known];
    const lifted = agreement?.lifts.map(({ restriction }) => restriction) ?? [];
    for (const place of places.length === 0 ? [regions.home(tenant)] : places) checkRestrictions(data, place, lifted);
  }

  private async agreement({ tenant, data, recipient }: Leaving, purpose: EgressPurpose): Promise<Agreement> {
    const { records, clock } = this.tools;
    const found = recipient.agreement === null ? undefined : await records.agreements.get(tenant, recipient.agreement);
    const agreement = found?.value.agreement;
    const use = { data, purpose, region: recipient.region };
    checkCovered(agreement, found?.value.endedAt ?? null, use, clock.now());
    return agreement;
  }

  /**
   * Restricted data stay here, but for what a court asks for (GDPR Art. 18(2): the establishment of legal claims). Whom a
   * notice must reach although their data are restricted, the rules of messages say (R35).
   */
  private async checkStanding({ tenant, subject }: Leaving, purpose: EgressPurpose): Promise<void> {
    if (purpose === 'legal-process' || purpose === 'notification') return;
    const { standing = UNHINDERED } = (await this.tools.repositories.subjects.get(tenant, subject))?.value ?? {};
    if (standing.minorAlone) throw new AsignioError('ASIGNIO_MINOR_BLOCKED');
    if (standing.restrictedAt !== null) throw new AsignioError('ASIGNIO_PROCESSING_RESTRICTED');
  }

  /** R13: the row comes before what it is of. */
  private async disclose(leaving: Leaving, cleared: Cleared): Promise<Typed<DisclosureRecord>> {
    const { records, audit, clock } = this.tools;
    const { tenant, subject, recipient, data, fields, copy } = leaving;
    const { purpose, agreement, transfer, ground, reference, owed } = cleared;
    const at = clock.now();
    const id = `${at.toString(36).padStart(10, '0')}.${newId().slice(0, 22)}`;
    const row = await records.disclosures.insert(tenant, id, {
      subject,
      at,
      recipient: { name: agreement?.recipient ?? recipient.name, region: recipient.region, plugin: recipient.plugin },
      data,
      fields,
      purpose,
      basis: { ground, reference },
      agreement: agreement?.id ?? null,
      transfer: { by: transfer.by, id: transfer.id },
      state: 'leaving',
      copy: copy === undefined ? null : { ...copy, destroyedAt: null, doomed: false },
      owed: [
        ...owed,
        this.fact('disclosure.recorded', leaving, {
          disclosure: id,
          recipient: agreement?.recipient ?? recipient.name,
          fields: fields.join(', '),
          purpose,
          ground,
        }),
      ],
    });
    return recipient.plugin === null ? row : settleAudit(records.disclosures, audit, row);
  }

  private async recordCall(leaving: Leaving, disclosure: string): Promise<void> {
    const { plugin } = leaving.recipient;
    if (plugin === null) return;
    const { tenant, purpose } = leaving;
    await this.tools.audit.append(
      tenant,
      this.fact('vendor.called', leaving, { vendor: plugin, purpose, data: leaving.data.join(' '), disclosure }),
    );
  }

  /** Puts on record what the row owes and how it ended, and notes both in it. */
  private async conclude(
    { tenant, id, value: { owed } }: Typed<DisclosureRecord>,
    state: DisclosureRecord['state'],
    fact?: AuditFact,
  ): Promise<void> {
    const { records, audit } = this.tools;
    await audit.append(tenant, ...owed, ...(fact === undefined ? [] : [fact]));
    await records.disclosures.update(tenant, id, (value) =>
      value === undefined || value.state !== 'leaving'
        ? undefined
        : { ...value, state, owed: [], ...(state === 'not-sent' ? { copy: null } : {}) },
    );
  }

  /** @param before what is to be on record before the denial is */
  private async recordingDenial<T>(
    leaving: Leaving,
    work: () => Promise<T>,
    before: readonly AuditFact[] = [],
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof AsignioError && error.status < 500) await this.deny(leaving, error, before);
      throw error;
    }
  }

  private async deny(leaving: Leaving, error: AsignioError, before: readonly AuditFact[]): Promise<void> {
    const { tenant, purpose, recipient } = leaving;
    const event =
      error.code === 'ASIGNIO_PURPOSE_FORBIDDEN' || recipient.plugin === null ? 'egress.denied' : 'vendor.denied';
    await this.tools.audit.append(
      tenant,
      ...before,
      this.fact(event, leaving, {
        recipient: recipient.plugin ?? recipient.name,
        purpose: isPrintable(purpose, 1, 40) ? purpose : 'unprintable',
        reason: error.code,
        detail: error.message,
      }),
    );
  }

  private fact(event: AuditEventName, { subject }: Leaving, data: AuditFact['data']): AuditFact {
    return { id: `egress:${newId()}`, event, subject, at: this.tools.clock.now(), data };
  }
}

/** Codes that a vendor's plugin may answer with; everything else says nothing that anybody here could act on. */
const VENDOR_CODES: ReadonlySet<string> = new Set([
  'ASIGNIO_SAMPLE_INVALID',
  'ASIGNIO_NOT_FOUND',
  'ASIGNIO_VENDOR_UNAVAILABLE',
  'ASIGNIO_NOTIFICATION_UNAVAILABLE',
  'ASIGNIO_NOTIFICATION_REFUSED',
]);

/** A vendor's words may hold anything: its code alone goes on. */
export function asVendorError(error: unknown): AsignioError {
  const code =
    error instanceof AsignioError && VENDOR_CODES.has(error.code) ? error.code : 'ASIGNIO_VENDOR_UNAVAILABLE';
  return new AsignioError(code, undefined, { cause: error });
}

/** Calls out, and waits so long and no longer, whether the callee heeds the signal or not. */
export async function withDeadline<T>(send: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  return Promise.race([
    send(signal),
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(new AsignioError('ASIGNIO_VENDOR_UNAVAILABLE'));
      });
    }),
  ]);
}

/** How long something that is leaving may still arrive, ms: the call's deadline, and as long again for the way. */
export const IN_FLIGHT_MS = 2 * DEADLINE_MS;
