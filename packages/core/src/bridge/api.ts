import type { EpochMs, SubjectId, TenantId } from '@asignio/contracts';

/** What a bridge may keep: plain JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Names what is kept. */
export interface CabinetKey {
  readonly tenant: TenantId;
  /** Which sort of thing of which bridge: `oidc.code`, `saml.response`; 1-64 of a-z 0-9 . - */
  readonly drawer: string;
  /** A code, a token, the id of a message: any text of 1-4096 UTF-16 units. Only a keyed hash of it is stored. */
  readonly id: string;
}

/** How long it is kept, and with what it goes. */
export interface CabinetTerms {
  /** Gone from then on, ms since the epoch; `null` for what is kept until it is removed, such as a signing key. */
  readonly expiresAt: EpochMs | null;
  /** All that has the same one is removed together: the id of a grant or a session. */
  readonly group?: string;
  /** Whom the group is about: it goes with the subject's erasure. */
  readonly subject?: SubjectId;
}

/**
 * Where adapters keep what several processes must agree on for a while: codes, grants, sessions, messages that were seen
 * once. Who copies the store learns nothing of it: values are sealed under the tenant's key, and what somebody could
 * present (a code, a token) stands there as a keyed hash. What expires is gone at once to readers, and removed by the sweep.
 *
 * Errors of all methods: `ASIGNIO_REQUEST_INVALID` for a key or value that is not of this form, `ASIGNIO_STORAGE_...`.
 *
 * @example
 * ```ts
 * const key = { tenant, drawer: 'saml.response', id: assertionId };
 * if (!(await core.cabinet.add(key, null, { expiresAt: notOnOrAfter }))) throw new Error('Seen before');
 * ```
 */
export interface Cabinet {
  /** Writes, over what is there. */
  put(key: CabinetKey, value: Json, terms: CabinetTerms): Promise<void>;
  /** As {@link put}, each of several things of one tenant on the same terms; a store may write them in one go. */
  putAll(things: readonly { readonly key: CabinetKey; readonly value: Json }[], terms: CabinetTerms): Promise<void>;
  /** Writes unless something that has not expired is there: of any number of callers one gets `true`. */
  add(key: CabinetKey, value: Json, terms: CabinetTerms): Promise<boolean>;
  get(key: CabinetKey): Promise<Json | undefined>;
  /**
   * Changes what is there, under compare-and-set; `change` is pure and returns `undefined` to leave it as it is.
   * @returns what is there afterwards; `undefined` where there is nothing.
   */
  change(key: CabinetKey, change: (value: Json) => Json | undefined): Promise<Json | undefined>;
  /** Reads and removes: of any number of callers one gets it. */
  take(key: CabinetKey): Promise<Json | undefined>;
  remove(key: CabinetKey): Promise<boolean>;
  /** Removes all that was kept with this group. */
  removeGroup(tenant: TenantId, group: string): Promise<void>;
}
