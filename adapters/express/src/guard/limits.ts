import { isIPv6 } from 'node:net';
import { AsignioError, tenantId } from '@asignio/contracts';
import type { Clock } from '@asignio/contracts';
import type { AsignioCore } from '@asignio/core';

/** Requests a minute from one address, by what they ask for. */
export interface RateLimitOptions {
  /** Ceremonies begun. @default 60 */
  readonly ceremonies?: number;
  /** Other requests that change something. @default 300 */
  readonly changes?: number;
  /** Requests that read. @default 1200 */
  readonly reads?: number;
}

export type LimitClass = keyof RateLimitOptions;
export type Limits = (kind: LimitClass, address: string | undefined) => Promise<void>;

const MINUTE_MS = 60_000;
/** Counters are of no tenant's: an address has one allowance, whomever it asks for. */
const TENANT = tenantId('asignio-limits');
const DRAWER = 'express.rate';
/** A process takes what is allowed in a minute in so many parts, and asks the store once for each. */
const PARTS = 10;
/** A store that failed is left alone for so long, ms, so that nobody waits for it here as well. */
const REST_MS = 5_000;
/** Addresses remembered by one process; the store knows the others. */
const MOST = 100_000;

/** What one address may still do in this process and minute. */
interface Purse {
  /** Requests that are paid for. */
  left: number;
  /** Requests let through in all. */
  spent: number;
  /** Nothing more is to be had in this minute. */
  empty: boolean;
  /** While the next part is being taken. */
  filling: Promise<void> | undefined;
}

/**
 * A brake on floods, per address, over all processes on one store. Each process takes a part of what the minute allows
 * from a counter in the store, under compare-and-set, and spends it without asking again: never more than the limit
 * passes, and the store is asked at most {@link PARTS} times a minute for an address and process. What a process took
 * and did not spend is lost for that minute.
 *
 * Where the store does not answer, each process counts for itself: the brake must not be what keeps people out. Addresses
 * stand in the store as keyed hashes, for two minutes.
 *
 * It protects the machine, not the accounts: what limits attempts on a subject is counted by the core, and no number of
 * addresses gets around that.
 * @param onAlone told when the store did not answer and this process counts alone for a while
 * @throws AsignioError from the returned function: `ASIGNIO_RATE_LIMITED` with `retryAfterMs`.
 */
export function createLimits(
  options: Required<RateLimitOptions>,
  cabinet: AsignioCore['cabinet'],
  clock: Clock,
  onAlone: (error: unknown) => void = () => undefined,
): Limits {
  let minute = Number.NaN;
  let purses = new Map<string, Purse>();
  let restUntil = Number.NEGATIVE_INFINITY;

  const purseOf = (name: string, now: number): Purse => {
    const current = Math.floor(now / MINUTE_MS);
    if (current !== minute || purses.size > MOST) {
      minute = current;
      purses = new Map();
    }
    const known = purses.get(name) ?? { left: 0, spent: 0, empty: false, filling: undefined };
    purses.set(name, known);
    return known;
  };

  /** Takes a part of the minute's allowance; how much that was. */
  const take = async (name: string, limit: number): Promise<number> => {
    const part = Math.ceil(limit / PARTS);
    const key = { tenant: TENANT, drawer: DRAWER, id: `${name} ${minute}` };
    if (await cabinet.add(key, part, { expiresAt: (minute + 2) * MINUTE_MS })) return part;
    let got = 0;
    await cabinet.change(key, (used) => {
      got = Math.max(0, Math.min(part, limit - Number(used)));
      return got === 0 ? undefined : Number(used) + got;
    });
    return got;
  };

  const fill = async (purse: Purse, name: string, limit: number): Promise<void> => {
    let got: number | undefined;
    if (clock.now() >= restUntil)
      try {
        got = await take(name, limit);
      } catch (error) {
        restUntil = clock.now() + REST_MS;
        onAlone(error);
      }
    purse.left += got ?? Math.max(0, limit - purse.spent);
    purse.empty = purse.left === 0;
  };

  return async (kind, address) => {
    const name = `${kind} ${source(address)}`;
    for (;;) {
      const now = clock.now();
      const purse = purseOf(name, now);
      if (purse.left > 0) {
        purse.left--;
        purse.spent++;
        return;
      }
      if (purse.empty)
        throw new AsignioError('ASIGNIO_RATE_LIMITED', undefined, { retryAfterMs: MINUTE_MS - (now % MINUTE_MS) });
      purse.filling ??= fill(purse, name, options[kind]).finally(() => {
        purse.filling = undefined;
      });
      await purse.filling;
    }
  };
}

/** Whoever has one IPv6 address usually has its whole /64. */
function source(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return mapped?.[1] ?? prefix64(address);
}

function prefix64(address: string): string {
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array.from({ length: gap }, () => '0'), ...right];
  return groups
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':');
}
