import type { KeyObject, X509Certificate } from 'node:crypto';
import { PairRing } from './ring.ts';
import type { KeyringTools } from './ring.ts';

/** The keys of a moment. */
export interface ReadingKeys {
  /** With which what comes is read, the newest first. */
  readonly privateKeys: readonly KeyObject[];
  /** For which others encrypt: the newest alone. */
  readonly published: X509Certificate;
}

/**
 * Keys that an identity provider encrypts for; they sign nothing. A new one takes the place of the old in the metadata at
 * once, and the old one reads on until others had time to fetch them: `publishBefore` and `keepAfter`.
 */
export class ReadingKeyring extends PairRing {
  constructor(tools: KeyringTools) {
    super(tools, 'saml.reading-keys');
  }

  /** The keys of now; makes the first one. */
  async current(): Promise<ReadingKeys> {
    const pairs = await this.kept();
    return { privateKeys: pairs.map(({ privateKey }) => privateKey), published: pairs[0].certificate };
  }
}
