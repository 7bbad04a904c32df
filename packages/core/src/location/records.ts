import type { EpochMs, StoragePlugin } from '@asignio/contracts';
import type { Owing } from '../governance/records.ts';
import { Repository } from '../store/repository.ts';

/** One place, sealed under a key of its own. */
export interface LocationRecord extends Owing {
  readonly type: 'location';
  readonly subject: string;
  /** The consent that it rests on. */
  readonly consent: string;
  readonly sealed: Uint8Array;
  /** Id of its key. */
  readonly key: string;
  readonly at: EpochMs;
  /** R31: when it is destroyed. */
  readonly expiresAt: EpochMs;
  /** When the sweep looks again at one that is under hold; `null` before it was found to be. */
  readonly lookAt: EpochMs | null;
}

const OVERDUE = 0;

export function createLocationRecords(storage: StoragePlugin): Repository<LocationRecord> {
  return new Repository(storage, 'attribute', ({ subject, owed, expiresAt, lookAt }) => ({
    subject,
    due: owed.length > 0 ? OVERDUE : (lookAt ?? expiresAt),
  }));
}

const PREFIX = 'location:';

export function locationId(id: string): string {
  return `${PREFIX}${id}`;
}

/** Records of other rooms are of the same kind. */
export function isLocation({ id }: { readonly id: string }): boolean {
  return id.startsWith(PREFIX);
}
