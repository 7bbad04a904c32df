import { AsignioError } from '@asignio/contracts';
import type { Modality, RecordKind, TenantId } from '@asignio/contracts';
import type { Effect } from '../effects/effect.ts';
import type { Repositories, SubjectRecord } from '../store/records.ts';
import { isHeld } from './orders.ts';
import type { SubjectEffects } from './subject-effects.ts';

export interface GateTools {
  readonly repositories: Repositories;
  readonly debts: SubjectEffects;
}

/** Something of a subject that is to be destroyed by itself, because it is too old, replaced, or no longer agreed to. */
export interface Piece {
  /** Names this removal; the same again is the same. */
  readonly id: string;
  /** Pseudonym. */
  readonly subject: string;
  /** `null` for what is of none: a hold on everything keeps it, and no other. */
  readonly modality: Modality | null;
}

/**
 * R8: the way to destroy anything of a subject outside of a {@link Destruction}. What is under hold stays; while something
 * is on its way out, no hold is placed that would keep it.
 */
export class HoldGate {
  private readonly tools: GateTools;

  constructor(tools: GateTools) {
    this.tools = tools;
  }

  /**
   * Removes records, in their order, and writes the audit entries that follow. A crash leaves it to the sweep.
   * @returns `false` for what stays under hold
   */
  async remove(
    tenant: TenantId,
    piece: Piece & { readonly records: readonly { readonly kind: RecordKind; readonly id: string }[] },
    owed: readonly Extract<Effect, { type: 'audit' }>[] = [],
  ): Promise<boolean> {
    const { repositories, debts } = this.tools;
    const removal = { type: 'remove', ...piece } as const;
    const record = await repositories.subjects.update(tenant, piece.subject, (value) => {
      if (value === undefined || isHeld(value, piece.modality) || owes(value, removal)) return undefined;
      return { ...value, effects: [...(value.effects ?? []), removal, ...owed] };
    });
    if (record !== undefined && !owes(record.value, removal)) return false;
    for (const debt of [removal, ...owed]) await debts.apply(tenant, debt);
    if (record !== undefined) await this.settled(tenant, piece.subject, [removal, ...owed]);
    return true;
  }

  /**
   * Does what destroys something elsewhere. Until it is done no hold is placed on it; so whoever calls this must have
   * written down that it is to be done, and do it again, under the same id, after a crash.
   * @returns `false` for what stays under hold, untouched
   */
  async unlessHeld(tenant: TenantId, piece: Piece, work: () => Promise<void>): Promise<boolean> {
    const { subjects } = this.tools.repositories;
    const { id, subject, modality } = piece;
    const record = await subjects.update(tenant, subject, (value) => {
      const { takings = [] } = value ?? {};
      if (value === undefined || isHeld(value, modality) || takings.some((taking) => taking.id === id))
        return undefined;
      return { ...value, takings: [...takings, { id, modality }] };
    });
    if (record !== undefined && record.value.takings?.some((taking) => taking.id === id) !== true) return false;
    try {
      await work();
    } finally {
      await subjects.update(tenant, subject, (value) =>
        value?.takings?.some((taking) => taking.id === id) === true
          ? { ...value, takings: value.takings.filter((taking) => taking.id !== id) }
          : undefined,
      );
    }
    return true;
  }

  /** Takes off a subject's record what has been paid. */
  async settled(tenant: TenantId, subject: string, paid: readonly Effect[]): Promise<void> {
    const names = new Set(paid.map(nameOf));
    await this.tools.repositories.subjects.update(tenant, subject, (value) => {
      const { effects = [] } = value ?? {};
      if (value === undefined || !effects.some((effect) => names.has(nameOf(effect)))) return undefined;
      return { ...value, effects: effects.filter((effect) => !names.has(nameOf(effect))) };
    });
  }
}

function owes({ effects = [] }: SubjectRecord, effect: Effect): boolean {
  return effects.some((other) => nameOf(other) === nameOf(effect));
}

/** What names an effect that a subject's record owes. */
function nameOf(effect: Effect): string {
  if (!('id' in effect)) throw new AsignioError('ASIGNIO_INTERNAL', `A subject does not owe ${effect.type}`);
  return `${effect.type}:${effect.id}`;
}
