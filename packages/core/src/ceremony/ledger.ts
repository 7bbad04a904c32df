import { AsignioError } from '@asignio/contracts';
import type { CeremonyId, Clock, Engine, Modality } from '@asignio/contracts';
import type { CeremonyHandle, CeremonyView } from '../api.ts';
import type { EffectRunner } from '../effects/runner.ts';
import { CANCELLED } from '../store/records.ts';
import type { CeremonyRecord, Repositories } from '../store/records.ts';
import { isConflict } from '../store/repository.ts';
import type { Typed } from '../store/repository.ts';
import type { Vault } from '../vault.ts';
import { bindingMatches } from './binding.ts';

export interface LedgerTools {
  readonly repositories: Repositories;
  readonly engine: Engine;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly effects: EffectRunner;
}

/** Reads ceremonies for those who may, and moves them from state to state, each step once. */
export class CeremonyLedger {
  private readonly tools: LedgerTools;

  constructor(tools: LedgerTools) {
    this.tools = tools;
  }

  /**
   * The ceremony, if the handle is its browser's. Somebody else's, a wrong origin and one that never was are the same
   * from outside.
   */
  async find(handle: CeremonyHandle): Promise<Typed<CeremonyRecord>> {
    const record = await this.tools.repositories.ceremonies.get(handle.tenant, handle.id);
    if (
      record === undefined ||
      !bindingMatches(handle.binding, record.value.binding) ||
      record.value.origin !== handle.origin
    )
      throw new AsignioError('ASIGNIO_CEREMONY_UNKNOWN');
    await this.checkRequester(handle, record.value);
    return record;
  }

  /** As {@link find}, and still open at this moment. */
  async findOpen(handle: CeremonyHandle): Promise<Typed<CeremonyRecord>> {
    const record = await this.find(handle);
    if (record.value.state === 'decided' || record.value.state === 'redeemed')
      throw new AsignioError('ASIGNIO_CEREMONY_USED');
    if (this.expired(record.value)) throw new AsignioError('ASIGNIO_CEREMONY_EXPIRED');
    if (record.value.state !== 'open')
      throw new AsignioError('ASIGNIO_CEREMONY_ORDER', 'The ceremony is being decided');
    return record;
  }

  expired(value: CeremonyRecord): boolean {
    return this.tools.clock.now() >= value.expiresAt;
  }

  /** Whether a withdrawal or erasure put an end to it. */
  cancelled(value: CeremonyRecord): boolean {
    return value.expiresAt === CANCELLED;
  }

  /** Writes the next step; whoever comes second is told that the ceremony moved on. */
  async move(record: Typed<CeremonyRecord>, value: CeremonyRecord): Promise<Typed<CeremonyRecord>> {
    try {
      return await this.tools.repositories.ceremonies.replace(record, value);
    } catch (error) {
      if (!isConflict(error)) throw error;
      throw new AsignioError('ASIGNIO_CEREMONY_ORDER', 'The ceremony moved on meanwhile', { cause: error });
    }
  }

  /** Does what a decision owes, then notes that it is done. */
  async settle(record: Typed<CeremonyRecord>): Promise<void> {
    if (record.value.effects.length === 0) return;
    await this.tools.effects.run(record.tenant, record.value.effects);
    await this.tools.repositories.ceremonies.update(record.tenant, record.id, (value) =>
      // Nothing but the effects can have changed that matters: a decided ceremony never gets new ones.
      value === undefined || value.effects.length === 0 ? undefined : { ...value, effects: [] },
    );
  }

  view(id: string, value: CeremonyRecord): CeremonyView {
    const samples: { [M in Modality]?: { needed: number; received: number } } = {};
    for (const modality of value.modalities)
      samples[modality] =
        value.kind === 'enrolment'
          ? { needed: this.tools.engine.samplesToEnrol(modality), received: value.parts.length }
          : { needed: 1, received: value.results[modality] === undefined ? 0 : 1 };
    const over = value.state === 'open' && this.expired(value);
    // Why a verification was not accepted is nobody's business but the audit's.
    const decision = value.decision === null ? undefined : value.decision === 'accepted' ? 'accepted' : 'rejected';
    return {
      id: id as CeremonyId,
      kind: value.kind,
      state: over ? 'expired' : value.state,
      modalities: value.modalities,
      samples,
      ...(value.together === true ? { together: true } : {}),
      expiresAt: value.expiresAt,
      ...(decision === undefined ? {} : { decision }),
    };
  }

  private async checkRequester(handle: CeremonyHandle, value: CeremonyRecord): Promise<void> {
    if (!value.signedIn) return;
    if (handle.requester === undefined) throw new AsignioError('ASIGNIO_SIGN_IN_REQUIRED');
    if ((await this.tools.vault.pseudonym(handle.tenant, handle.requester)) !== value.subject)
      throw new AsignioError('ASIGNIO_CEREMONY_SUBJECT');
  }
}

/** Context under which a ceremony's subject id and comparison outcomes are sealed. */
export function ceremonyContext(id: string, what: 'subject' | Modality): string {
  return `ceremony|${id}|${what}`;
}
