import { createPrivateKey, generateKeyPair, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import type { TenantId } from '@asignio/contracts';
import type { Cabinet, CabinetKey, Json } from '@asignio/core';
import { selfSigned } from '../crypto/certificate.ts';
import type { SigningKey } from '../crypto/sign.ts';

/** A key as it stands in the store. */
interface Stored {
  /** ms since the epoch. */
  readonly signsFrom: number;
  /** PKCS #8, PEM. */
  readonly privateKey: string;
  /** PEM. */
  readonly certificate: string;
}

/** The keys of a moment. */
export interface Keys {
  readonly signing: SigningKey;
  /** All that are published, the one that signs first. */
  readonly published: readonly X509Certificate[];
  /** Changes with them. */
  readonly version: string;
}

/** What {@link Keyring} stands on; times in seconds. */
export interface KeyringTools {
  readonly cabinet: Cabinet;
  readonly tenant: TenantId;
  readonly entityId: string;
  readonly now: () => number;
  readonly publishBefore: number;
  readonly keepAfter: number;
  readonly certificateLifetime: number;
}

const makePair = promisify(generateKeyPair);
/** NIST SP 800-131A: at least 2048 bits; one of 3072 costs seven times as much a signature. */
const RSA_BITS = 2048;
const DAY_MS = 86_400_000;

/**
 * Signing keys in the store, sealed, the same to every process. Service providers often read metadata by hand, so keys do
 * not change by themselves: {@link roll} publishes a new one beside the old, and it signs when all had time to fetch it.
 */
export class Keyring {
  private readonly tools: KeyringTools;
  private readonly key: CabinetKey;

  constructor(tools: KeyringTools) {
    this.tools = tools;
    this.key = { tenant: tools.tenant, drawer: 'saml.keys', id: tools.entityId };
  }

  /** The keys of now; makes the first one. */
  async current(): Promise<Keys> {
    return this.keysOf((await this.read()) ?? (await this.first()));
  }

  /** Publishes a new key, which signs after `publishBefore`. With `revoke` it signs at once, and the others are gone. */
  async roll(revoke: boolean): Promise<void> {
    const now = this.tools.now();
    if ((await this.read()) === undefined) await this.first();
    const made = await this.make(revoke ? now : now + this.tools.publishBefore * 1000);
    await this.tools.cabinet.change(this.key, (value) =>
      toJson(revoke ? [made] : [...this.kept(fromJson(value)), made]),
    );
  }

  /** Of any number of processes one makes it. */
  private async first(): Promise<readonly Stored[]> {
    await this.tools.cabinet.add(this.key, toJson([await this.make(this.tools.now())]), { expiresAt: null });
    return (await this.read()) ?? [];
  }

  private async make(signsFrom: number): Promise<Stored> {
    const { entityId, certificateLifetime, now } = this.tools;
    const { privateKey } = await makePair('rsa', { modulusLength: RSA_BITS });
    const from = now();
    const certificate = selfSigned(privateKey, new URL(entityId).hostname, {
      // Clocks of service providers run behind ours.
      from: from - DAY_MS,
      to: from + certificateLifetime * 1000,
    });
    return {
      signsFrom,
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      certificate: certificate.toString(),
    };
  }

  /** Without those whose successor has been signing for long enough. */
  private kept(there: readonly Stored[]): readonly Stored[] {
    const now = this.tools.now();
    return there.filter((one) => {
      const successors = there.filter(({ signsFrom }) => signsFrom > one.signsFrom);
      const [next] = successors.toSorted((a, b) => a.signsFrom - b.signsFrom);
      return next === undefined || now < next.signsFrom + this.tools.keepAfter * 1000;
    });
  }

  private keysOf(there: readonly Stored[]): Keys {
    const now = this.tools.now();
    const newestFirst = this.kept(there).toSorted((a, b) => b.signsFrom - a.signsFrom);
    const signing = newestFirst.find(({ signsFrom }) => signsFrom <= now) ?? newestFirst.at(-1);
    if (signing === undefined) throw new Error('The keyring is empty');
    const published = [signing, ...newestFirst.filter((one) => one !== signing)].map(
      ({ certificate }) => new X509Certificate(certificate),
    );
    const [certificate] = published as [X509Certificate, ...X509Certificate[]];
    return {
      signing: { privateKey: createPrivateKey(signing.privateKey), certificate },
      published,
      version: published.map(({ fingerprint256 }) => fingerprint256).join(' '),
    };
  }

  private async read(): Promise<readonly Stored[] | undefined> {
    const value = await this.tools.cabinet.get(this.key);
    return value === undefined ? undefined : fromJson(value);
  }
}

function toJson(keys: readonly Stored[]): Json {
  return keys as unknown as Json;
}

function fromJson(value: Json): readonly Stored[] {
  return value as unknown as readonly Stored[];
}
