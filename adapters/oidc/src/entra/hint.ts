import { compactVerify, createRemoteJWKSet, customFetch } from 'jose';
import type { JWTVerifyGetKey } from 'jose';
import { jsonOf } from '../provider/asks.ts';
import type { EntraAccount, EntraSettings } from './options.ts';

/** A hint that Entra signed, of now, for us. */
export interface Hint {
  readonly account: EntraAccount;
  /** What Entra knows the person as towards us; the answer repeats it. */
  readonly sub: string;
}

/** Entra gives a sign-in up after ten minutes; a hint that is older begins none. */
const OLDEST_S = 600;
const LONGEST = 16_384;
const FRESH_MS = 24 * 3_600_000;
const PATIENCE_MS = 5_000;
const LARGEST_ANSWER = 262_144;
const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reads the `id_token_hint` of Entra's requests. Entra issues it as expired, so that it is good for nothing else. */
export class Hints {
  private readonly entra: EntraSettings;
  private readonly now: () => number;
  private readonly tolerance: number;
  private keys: { readonly get: JWTVerifyGetKey; readonly at: number } | undefined;

  constructor(entra: EntraSettings, now: () => number, tolerance: number) {
    this.entra = entra;
    this.now = now;
    this.tolerance = tolerance;
  }

  /** @throws Error saying in which way it is no good; nothing of the hint is in the message. */
  async verify(token: string): Promise<Hint> {
    const { authority, tenants, application, clientId } = this.entra;
    if (token.length > LONGEST) throw new Error('the hint is too long');
    const { payload } = await compactVerify(token, await this.keysOfEntra(), { algorithms: ['RS256'] });
    const claims = (jsonOf(Buffer.from(payload).toString('utf8')) ?? {}) as Readonly<Record<string, unknown>>;
    const { iss, aud, iat, nbf, sub, tid, oid, preferred_username: name } = claims;
    const tenant = tenants.find((one) => iss === `${authority}/${one}/v2.0`);
    if (tenant === undefined) throw new Error('the hint is of a directory that is not configured');
    if (aud !== application && aud !== clientId) throw new Error('the hint is for another application');
    const now = this.now() / 1000;
    const times = [iat, nbf ?? iat];
    for (const time of times)
      if (typeof time !== 'number' || !(time <= now + this.tolerance && time >= now - OLDEST_S - this.tolerance))
        throw new Error('the hint is not of now');
    if (typeof sub !== 'string' || sub === '' || sub.length > 256) throw new Error('the hint names nobody');
    if (!isGuid(tid) || !isGuid(oid)) throw new Error('the hint names no account');
    return { sub, account: { tenant, tid, oid, preferredUsername: typeof name === 'string' ? name : undefined } };
  }

  /** Keys of the cloud, found as its metadata say; nothing is fetched from anywhere else. */
  private async keysOfEntra(): Promise<JWTVerifyGetKey> {
    const known = this.keys;
    if (known !== undefined && Math.abs(this.now() - known.at) < FRESH_MS) return known.get;
    const { authority } = this.entra;
    const response = await fetch(`${authority}/common/v2.0/.well-known/openid-configuration`, {
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await response.text();
    if (!response.ok || text.length > LARGEST_ANSWER) throw new Error('the metadata of Entra cannot be read');
    const { jwks_uri: uri } = (jsonOf(text) ?? {}) as { jwks_uri?: unknown };
    if (typeof uri !== 'string' || !URL.canParse(uri) || new URL(uri).origin !== authority)
      throw new Error('the metadata of Entra name keys of elsewhere');
    const get = createRemoteJWKSet(new URL(uri), {
      timeoutDuration: PATIENCE_MS,
      [customFetch]: (url, init) => fetch(url, { ...init, redirect: 'error' }),
    });
    this.keys = { get, at: this.now() };
    return get;
  }
}

function isGuid(value: unknown): value is string {
  return typeof value === 'string' && GUID.test(value);
}
