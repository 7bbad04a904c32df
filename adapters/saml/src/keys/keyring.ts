import type { X509Certificate } from 'node:crypto';
import type { SigningKey } from '../crypto/sign.ts';
import { PairRing } from './ring.ts';
import type { KeyringTools } from './ring.ts';

/** The keys of a moment. */
export interface Keys {
  readonly signing: SigningKey;
  /** All that are published, the one that signs first. */
  readonly published: readonly X509Certificate[];
  /** Changes with them. */
  readonly version: string;
}

/**
 * Signing keys. Service providers often read metadata by hand, so keys do not change by themselves: {@link roll} publishes a
 * new one beside the old, and it signs when all had time to fetch it.
 */
export class Keyring extends PairRing {
  constructor(tools: KeyringTools) {
    super(tools, 'saml.keys');
  }

  /** The keys of now; makes the first one. */
  async current(): Promise<Keys> {
    const pairs = await this.published();
    const published = pairs.map(({ certificate }) => certificate);
    return { signing: pairs[0], published, version: published.map(({ fingerprint256 }) => fingerprint256).join(' ') };
  }
}
