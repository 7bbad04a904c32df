import { isIPv6 } from 'node:net';
import { AsignioError } from '@asignio/contracts';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

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

const MINUTE_S = 60;

/**
 * A brake on floods, per process and per address, in memory. It protects the machine, not the accounts: what limits
 * attempts on a subject is counted in the store by the core, and no number of processes or addresses gets around that.
 * @throws AsignioError from the returned function: `ASIGNIO_RATE_LIMITED` with `retryAfterMs`.
 */
export function createLimits(options: Required<RateLimitOptions>): Limits {
  const limiter = (keyPrefix: LimitClass) =>
    new RateLimiterMemory({ keyPrefix, points: options[keyPrefix], duration: MINUTE_S });
  const limiters = { ceremonies: limiter('ceremonies'), changes: limiter('changes'), reads: limiter('reads') };
  return async (kind, address) => {
    try {
      await limiters[kind].consume(source(address));
    } catch (refusal) {
      const wait = refusal instanceof RateLimiterRes ? refusal.msBeforeNext : MINUTE_S * 1000;
      throw new AsignioError('ASIGNIO_RATE_LIMITED', undefined, { retryAfterMs: wait, cause: refusal });
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
