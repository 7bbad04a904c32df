import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { TenantId } from '@asignio/contracts';
import type { Cabinet, CabinetKey, Json } from '@asignio/core';
import type { JWK } from 'oidc-provider';
import { certificateOf } from './certificate.ts';

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
  private readonly key: CabinetKey;

  constructor(tools: KeyringTools) {
    this.tools = tools;
    this.key = { tenant: tools.tenant, drawer: 'oidc.keys', id: tools.issuer };
  }

  /** The keys of now; makes the first ones, and new ones when it is time. */
  async current(): Promise<Keys> {
    const there = (await this.read()) ?? (await this.first());
    const newest = Math.max(...there.map(({ madeAt }) => madeAt));
    if (this.tools.now() < newest + this.tools.rotateEvery * 1000) return this.keysOf(there);
    return this.keysOf(await this.rotate(newest));
  }

  /** Makes keys that sign at once. `revoke` stops publishing all others: what they signed is worth nothing any more. */
  async replace(revoke: boolean): Promise<void> {
    const now = this.tools.now();
    const made = await this.generation(now, now);
    if ((await this.read()) === undefined) await this.first();
    await this.tools.cabinet.change(this.key, (value) =>
      revoke ? toJson([made]) : toJson([...this.kept(fromJson(value)), made]),
    );
  }

  private async first(): Promise<readonly Generation[]> {
    const now = this.tools.now();
    await this.tools.cabinet.add(this.key, toJson([await this.generation(now, now)]), { expiresAt: null });
    return (await this.read()) ?? [];
  }

  /** Of any number of processes one adds a generation. */
  private async rotate(newest: number): Promise<readonly Generation[]> {
    const now = this.tools.now();
    const made = await this.generation(now, now + this.tools.publishBefore * 1000);
    const changed = await this.tools.cabinet.change(this.key, (value) => {
      const there = fromJson(value);
      return there.some(({ madeAt }) => madeAt > newest) ? undefined : toJson([...this.kept(there), made]);
    });
    return changed === undefined ? this.first() : fromJson(changed);
  }

  /** Without those whose successor has been signing for long enough. */
  private kept(there: readonly Generation[]): readonly Generation[] {
    const now = this.tools.now();
    return there.filter((one) => {
      const successor = there
        .filter(({ signsFrom }) => signsFrom > one.signsFrom)
        .toSorted((a, b) => a.signsFrom - b.signsFrom)[0];
      return successor === undefined || now < successor.signsFrom + this.tools.keepAfter * 1000;
    });
  }

  private keysOf(there: readonly Generation[]): Keys {
    const now = this.tools.now();
    // Of two made in one moment the later is the newer.
    const newestFirst = this.kept(there)
      .toReversed()
      .toSorted((a, b) => b.signsFrom - a.signsFrom);
    const signing = newestFirst.find(({ signsFrom }) => signsFrom <= now) ?? newestFirst.at(-1);
    const ordered = newestFirst.toSorted((a, b) => Number(b === signing) - Number(a === signing));
    return {
      jwks: { keys: ordered.flatMap(({ keys }) => keys) },
      cookieSecrets: ordered.map(({ cookieSecret }) => cookieSecret),
      version: ordered.map(({ keys: [key] }) => key?.kid).join(' '),
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
      ...(certified === undefined || alg !== 'RS256'
        ? {}
        : { x5c: [certificateOf(privateKey, certified, madeAt, madeAt + CERTIFICATE_MS)] }),
    }));
    return { madeAt, signsFrom, keys: keys as unknown as readonly JWK[], cookieSecret: secret() };
  }

  private async read(): Promise<readonly Generation[] | undefined> {
    const value = await this.tools.cabinet.get(this.key);
    return value === undefined ? undefined : fromJson(value);
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}

function toJson(generations: readonly Generation[]): Json {
  return generations as unknown as Json;
}

function fromJson(value: Json): readonly Generation[] {
  return value as unknown as readonly Generation[];
}
