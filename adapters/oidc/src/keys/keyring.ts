import { KeyShelf, selfSigned } from '@asignio/bridge';
import { generateKeyPair, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { TenantId } from '@asignio/contracts';
import type { Cabinet } from '@asignio/core';
import type { JWK } from 'oidc-provider';

/** Algorithms that ID tokens are signed with. */
export const ALGORITHMS = ['RS256', 'ES256'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** One pair of signing keys, an algorithm each, and what signs cookies. */
interface Generation {
  /** ms since the epoch. */
  readonly madeAt: number;
  readonly signsFrom: number;
  /** Private keys. */
  readonly keys: readonly JWK[];
  readonly cookieSecret: string;
}

/** The keys of a moment. */
export interface Keys {
  /** Private keys; of each algorithm the one that signs comes first. */
  readonly jwks: { readonly keys: readonly JWK[] };
  /** The one that signs comes first. */
  readonly cookieSecrets: readonly string[];
  /** Changes with them. */
  readonly version: string;
}

/** What {@link Keyring} stands on; times in seconds. */
export interface KeyringTools {
  readonly cabinet: Cabinet;
  readonly tenant: TenantId;
  readonly issuer: string;
  readonly now: () => number;
  readonly rotateEvery: number;
  readonly publishBefore: number;
  readonly keepAfter: number;
  /** Publishes the RSA keys with a certificate too, in this name. */
  readonly certified?: string;
}

const makePair = promisify(generateKeyPair);
/** NIST SP 800-131A: at least 2048 bits. */
const RSA_BITS = 2048;
/** Longer than any key is published: it is retired by being taken out of the set, not by its date. */
const CERTIFICATE_MS = 10 * 365 * 86_400_000;

/**
 * Signing keys in the store, sealed, the same to every process. A key is published for a while before it signs, and for a
 * while after, so that no relying party meets a signature whose key it has not seen.
 */
export class Keyring {
  private readonly tools: KeyringTools;
  private readonly shelf: KeyShelf<Generation>;

  constructor(tools: KeyringTools) {
    const { cabinet, tenant, issuer, now, keepAfter } = tools;
    this.tools = tools;
    this.shelf = new KeyShelf({
      cabinet,
      place: { tenant, drawer: 'oidc.keys', id: issuer },
      now,
      keepAfter,
      make: (signsFrom) => this.generation(signsFrom, signsFrom),
    });
  }

  /** The keys of now; makes the first ones, and new ones when it is time. */
  async current(): Promise<Keys> {
    const there = await this.shelf.all();
    const newest = Math.max(...there.map(({ madeAt }) => madeAt));
    if (this.tools.now() < newest + this.tools.rotateEvery * 1000) return this.keysOf(there);
    return this.keysOf(await this.rotate(newest));
  }

  /** Makes keys that sign at once. `revoke` stops publishing all others: what they signed is worth nothing any more. */
  async replace(revoke: boolean): Promise<void> {
    const now = this.tools.now();
    const made = await this.generation(now, now);
    await this.shelf.all();
    await this.shelf.change((there) => (revoke ? [made] : [...this.shelf.kept(there), made]));
  }

  /** Of any number of processes one adds a generation. */
  private async rotate(newest: number): Promise<readonly Generation[]> {
    const now = this.tools.now();
    const made = await this.generation(now, now + this.tools.publishBefore * 1000);
    return this.shelf.change((there) =>
      there.some(({ madeAt }) => madeAt > newest) ? undefined : [...this.shelf.kept(there), made],
    );
  }

  private keysOf(there: readonly Generation[]): Keys {
    const published = this.shelf.published(there);
    return {
      jwks: { keys: published.flatMap(({ keys }) => keys) },
      cookieSecrets: published.map(({ cookieSecret }) => cookieSecret),
      version: published.map(({ keys: [key] }) => key?.kid).join(' '),
    };
  }

  private async generation(madeAt: number, signsFrom: number): Promise<Generation> {
    const { certified } = this.tools;
    const pairs = [
      { alg: 'RS256', pair: await makePair('rsa', { modulusLength: RSA_BITS }) },
      { alg: 'ES256', pair: await makePair('ec', { namedCurve: 'P-256' }) },
    ] as const;
    const keys = pairs.map(({ alg, pair: { privateKey } }) => ({
      ...privateKey.export({ format: 'jwk' }),
      kid: randomBytes(12).toString('base64url'),
      alg,
      use: 'sig',
      ...(certified === undefined || alg !== 'RS256' ? {} : { x5c: [x5cOf(privateKey, certified, madeAt)] }),
    }));
    return { madeAt, signsFrom, keys: keys as unknown as readonly JWK[], cookieSecret: secret() };
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}

/** As RFC 7517, 4.7 holds it: DER in base64. */
function x5cOf(key: KeyObject, name: string, madeAt: number): string {
  return selfSigned(key, name, { from: madeAt, to: madeAt + CERTIFICATE_MS }).raw.toString('base64');
}
