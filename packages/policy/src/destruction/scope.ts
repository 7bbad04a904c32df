import { MODALITIES } from '@asignio/contracts';
import type { Modality } from '@asignio/contracts';

/** What a destruction or a hold is about: all that is held of a subject, or one modality of it. */
export type Scope = Modality | 'all';

/**
 * What a destruction takes now, and what it leaves for later because it is under hold. Of a scope of one modality nothing
 * is ever left: it is taken whole, or not yet.
 */
export interface Claim {
  readonly scope: Scope;
  /** Modalities that are under hold. */
  readonly except: readonly Modality[];
}

/**
 * What a destruction may take while these holds stand (R8); `undefined` when that is nothing.
 * @param holds scopes of the holds
 * @param rest what an earlier run of it left; `null` when there was none
 * @example
 * ```ts
 * claimUnder('all', [], null);                       // { scope: 'all', except: [] }
 * claimUnder('all', ['voice'], null);                // { scope: 'all', except: ['voice'] }
 * claimUnder('all', ['voice'], ['voice']);           // undefined: the rest is under hold
 * claimUnder('signature', ['all'], null);            // undefined
 * ```
 */
export function claimUnder(scope: Scope, holds: readonly Scope[], rest: readonly Modality[] | null): Claim | undefined {
  if (holds.includes('all')) return undefined;
  if (scope !== 'all') return holds.includes(scope) ? undefined : { scope, except: [] };
  const except = MODALITIES.filter((modality) => holds.includes(modality));
  const isMore = rest === null || rest.some((modality) => !except.includes(modality));
  return isMore ? { scope, except } : undefined;
}

/**
 * Whether a claim takes data of a modality; `null` is what belongs to none. What belongs to no modality goes with the
 * first claim on all.
 */
export function claims({ scope, except }: Claim, modality: Modality | null): boolean {
  if (scope === 'all') return modality === null || !except.includes(modality);
  return scope === modality;
}

/** Whether a claim takes the person as a whole, and leaves nothing. */
export function claimsAll({ scope, except }: Claim): boolean {
  return scope === 'all' && except.length === 0;
}

/** Whether a claim takes anything that a hold of this scope would keep. */
export function claimMeets(claim: Claim, hold: Scope): boolean {
  return hold === 'all' || claims(claim, hold);
}

/** Whether two scopes have anything in common. */
export function scopesMeet(a: Scope, b: Scope): boolean {
  return a === 'all' || b === 'all' || a === b;
}
