import { KeyShelf, selfSigned } from '@asignio/bridge';
import { createPrivateKey, generateKeyPair, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import type { TenantId } from '@asignio/contracts';
import type { Cabinet } from '@asignio/core';
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
  private readonly shelf: KeyShelf<Stored>;

  constructor(tools: KeyringTools) {
    const { cabinet, tenant, entityId, now, keepAfter } = tools;
    this.tools = tools;
    this.shelf = new KeyShelf({
      cabinet,
      place: { tenant, drawer: 'saml.keys', id: entityId },
      now,
      keepAfter,
      make: (signsFrom) => this.make(signsFrom),
    });
  }

  /** The keys of now; makes the first one. */
  async current(): Promise<Keys> {
    return this.keysOf(await this.shelf.all());
  }

  /** Publishes a new key, which signs after `publishBefore`. With `revoke` it signs at once, and the others are gone. */
  async roll(revoke: boolean): Promise<void> {
    const now = this.tools.now();
    await this.shelf.all();
    const made = await this.make(revoke ? now : now + this.tools.publishBefore * 1000);
    await this.shelf.change((there) => (revoke ? [made] : [...this.shelf.kept(there), made]));
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

  private keysOf(there: readonly Stored[]): Keys {
    const keys = this.shelf.published(there);
    const [signing] = keys;
    if (signing === undefined) throw new Error('The keyring is empty');
    const published = keys.map(({ certificate }) => new X509Certificate(certificate));
    const [certificate] = published as [X509Certificate, ...X509Certificate[]];
    return {
      signing: { privateKey: createPrivateKey(signing.privateKey), certificate },
      published,
      version: published.map(({ fingerprint256 }) => fingerprint256).join(' '),
    };
  }
}
