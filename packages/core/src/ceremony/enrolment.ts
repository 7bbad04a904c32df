import { AsignioError } from '@asignio/contracts';
import type { Engine, EnrolResult, Modality, Permit, TenantId } from '@asignio/contracts';
import type { CeremonyHandle, CeremonyView } from '../api.ts';
import type { Effect } from '../effects/effect.ts';
import type { Decryption } from '../governance/decryption.ts';
import type { Permits } from '../subject/permits.ts';
import type { CeremonyRecord, Repositories } from '../store/records.ts';
import type { Typed } from '../store/repository.ts';
import type { Vault } from '../vault.ts';
import type { Clock } from '@asignio/contracts';
import type { Captured } from './captured.ts';
import { withoutChallenge } from './challenge.ts';
import type { CeremonyLedger } from './ledger.ts';

/** Drawings that one enrolment may send, good and bad together. */
const MAX_SUBMISSIONS = 40;

export interface EnrolmentTools {
  readonly repositories: Repositories;
  readonly vault: Vault;
  readonly engine: Engine;
  readonly permits: Permits;
  readonly ledger: CeremonyLedger;
  readonly clock: Clock;
  readonly decryption: Decryption;
}

/** Takes the samples of an enrolment one by one, and makes the reference. */
export class Enrolment {
  private readonly tools: EnrolmentTools;

  constructor(tools: EnrolmentTools) {
    this.tools = tools;
  }

  async submit(
    handle: CeremonyHandle,
    record: Typed<CeremonyRecord>,
    modality: Modality,
    captured: Captured,
  ): Promise<{ needed: number; received: number }> {
    const { engine, ledger, permits } = this.tools;
    const { value } = record;
    const needed = engine.samplesToEnrol(modality);
    if (value.parts.length >= needed)
      throw new AsignioError('ASIGNIO_CEREMONY_ORDER', 'All samples are here; complete the ceremony');
    if (value.submissions >= MAX_SUBMISSIONS)
      throw new AsignioError('ASIGNIO_CEREMONY_EXPIRED', 'Too many drawings in one ceremony; begin a new one');
    const permit = await permits.issue(handle.tenant, value.subject, modality);
    const acquired = await engine.acquire({
      permit,
      modality,
      ...captured,
      earlier: value.parts,
      seal: await this.sealKey(handle.tenant, record, modality, permit),
    });
    const parts = acquired.part === undefined ? value.parts : [...value.parts, acquired.part];
    await ledger.move(record, {
      ...withoutChallenge(value, modality),
      submissions: value.submissions + 1,
      parts,
    });
    const [first] = acquired.findings;
    if (acquired.part === undefined)
      throw new AsignioError(first?.code ?? 'ASIGNIO_SAMPLE_INVALID', first?.message, { findings: acquired.findings });
    return { needed, received: parts.length };
  }

  async complete(handle: CeremonyHandle, record: Typed<CeremonyRecord>): Promise<CeremonyView> {
    const { engine, ledger, permits } = this.tools;
    const [modality] = record.value.modalities as [Modality];
    if (record.value.parts.length < engine.samplesToEnrol(modality))
      throw new AsignioError('ASIGNIO_CEREMONY_ORDER', 'Some samples are still missing');
    const permit = await permits.issue(handle.tenant, record.value.subject, modality);
    const deciding = await ledger.move(record, { ...record.value, state: 'deciding' });
    let enrolled: EnrolResult;
    try {
      enrolled = await engine.enrol({
        permit,
        modality,
        parts: deciding.value.parts,
        seal: await this.sealKey(handle.tenant, deciding, modality, permit),
      });
    } catch (error) {
      // Nothing was decided: the samples are still there for another try.
      await ledger.move(deciding, record.value);
      throw error;
    }
    return enrolled.reference === undefined
      ? this.refuse(handle, deciding, enrolled)
      : this.accept(handle, deciding, modality, enrolled, enrolled.reference);
  }

  private async accept(
    handle: CeremonyHandle,
    record: Typed<CeremonyRecord>,
    modality: Modality,
    enrolled: EnrolResult,
    sealed: Uint8Array,
  ): Promise<CeremonyView> {
    const { repositories, ledger, permits, clock } = this.tools;
    const { value, id } = record;
    const { tenant } = handle;
    const now = clock.now();
    // A clock that was set back does not make the new reference the older one.
    const createdAt = (await repositories.references.ofSubject(tenant, value.subject))
      .filter((earlier) => earlier.value.modality === modality)
      .reduce((latest, earlier) => Math.max(latest, earlier.value.createdAt + 1), now);
    const reference = {
      subject: value.subject,
      modality,
      variant: enrolled.variant ?? 'default',
      consent: value.consent as string,
      key: value.key as string,
      sealed,
      generation: 1,
      samples: enrolled.samples ?? value.parts.length,
      established: false,
      createdAt,
      model: enrolled.model,
      adaptations: [],
    };
    // It may have been withdrawn while the engine worked.
    await permits.issue(tenant, value.subject, modality);
    const decided = await ledger.move(record, {
      ...value,
      state: 'decided',
      decision: 'accepted',
      decidedAt: now,
      parts: [],
      effects: [
        { type: 'activate', id, reference },
        { type: 'attempts-reset', subject: value.subject, at: now },
        { type: 'interaction', subject: value.subject, at: now },
        audit(id, 'key', 'key.wrapped', value, now, { key: value.key }),
        audit(id, 'decision', 'enrolment.completed', value, now, {
          modality,
          samples: enrolled.samples ?? value.parts.length,
          variant: enrolled.variant ?? 'default',
          model: `${enrolled.model.name}@${enrolled.model.version}`,
        }),
      ],
    });
    await ledger.settle(decided);
    return ledger.view(id, decided.value);
  }

  private async refuse(handle: CeremonyHandle, record: Typed<CeremonyRecord>, enrolled: EnrolResult): Promise<never> {
    const { ledger, clock } = this.tools;
    const { value, id } = record;
    const now = clock.now();
    const reasons = enrolled.findings.map((finding) => finding.code);
    const decided = await ledger.move(record, {
      ...value,
      state: 'decided',
      decision: 'rejected',
      reasons,
      decidedAt: now,
      parts: [],
      effects: [
        { type: 'discard-key', key: value.key as string },
        audit(id, 'decision', 'enrolment.refused', value, now, { reasons: reasons.join(' ') }),
      ],
    });
    await ledger.settle(decided);
    throw new AsignioError('ASIGNIO_ENROLMENT_REFUSED', enrolled.findings[0]?.message, { findings: enrolled.findings });
  }

  /** R29: whatever the engine may open with the key is on record before it has it. */
  private async sealKey(tenant: TenantId, record: Typed<CeremonyRecord>, modality: Modality, permit: Permit) {
    const { subject, key, consent, parts } = record.value;
    const opening = { tenant, subject, modality, ceremony: record.id, act: 'enrolment' } as const;
    if (parts.length > 0) await this.tools.decryption.opened(opening, permit, parts.length);
    return this.tools.vault.sealKey(tenant, key as string, {
      subject,
      modality,
      generation: 1,
      consent: consent as string,
    });
  }
}

/** The audit entry of one step of a ceremony; its id makes it single. */
export function audit(
  ceremony: string,
  step: string,
  event: Extract<Effect, { type: 'audit' }>['event'],
  value: Pick<CeremonyRecord, 'subject'>,
  at: number,
  data: Extract<Effect, { type: 'audit' }>['data'],
): Effect {
  return { type: 'audit', id: `ceremony:${ceremony}:${step}`, event, subject: value.subject, at, data };
}
