import { AsignioError } from '@asignio/contracts';
import type { X509Certificate } from 'node:crypto';
import { isCurrent } from '../crypto/certificate.ts';
import { isNamed } from '../xml/read.ts';
import { METADATA_LIMITS, parseXml } from '../xml/parse.ts';
import { Refused } from '../xml/refused.ts';
import { children } from '../xml/read.ts';
import { readIdentityProvider } from './read-identity-provider.ts';
import { readServiceProvider, checkServiceProvider } from './service-provider.ts';

/** What a file of metadata is of, and how long it can be used. */
export interface SamlMetadataReport {
  readonly entityId: string;
  readonly role: 'service provider' | 'identity provider';
  /** The earliest end of what stands in it, ms since the epoch; `undefined` where nothing ends. */
  readonly usableUntil: number | undefined;
  /** It names a key that `encryptAssertions` of a service provider, `logout.encryptNames` of an identity provider can use. */
  readonly canBeEncryptedFor: boolean;
  /** It says where messages about a sign-out go, by redirect or POST. */
  readonly takesLogouts: boolean;
}

/**
 * Looks at metadata as the bridge would at its start.
 * @param now ms since the epoch
 * @throws AsignioError `ASIGNIO_OPTION_INVALID` with what is wrong with them.
 * @example
 * ```ts
 * inspectSamlMetadata(await readFile('shop.xml', 'utf8')).usableUntil;
 * ```
 */
export function inspectSamlMetadata(text: string, now: number = Date.now()): SamlMetadataReport {
  try {
    const root = parseXml(text.replace(/^\uFEFF/, ''), METADATA_LIMITS);
    const isProvider =
      isNamed(root, 'metadata', 'EntityDescriptor') && children(root, 'metadata', 'IDPSSODescriptor').length > 0;
    const found = isProvider ? readIdentityProvider(text, now) : checkServiceProvider(readServiceProvider(text), now);
    return {
      entityId: found.entityId,
      role: isProvider ? 'identity provider' : 'service provider',
      usableUntil: usableUntil(found),
      takesLogouts: found.logout !== undefined,
      canBeEncryptedFor: found.encryption.some(({ certificate }) => isCurrent(certificate, now)),
    };
  } catch (error) {
    if (error instanceof Refused) throw new AsignioError('ASIGNIO_OPTION_INVALID', error.message);
    throw error;
  }
}

/** The earliest end of what stands in metadata, ms since the epoch. */
export function usableUntil({
  validUntil,
  certificates,
}: {
  readonly validUntil: number | undefined;
  readonly certificates: readonly X509Certificate[];
}): number | undefined {
  const ends = [
    ...certificates.map(({ validTo }) => Date.parse(validTo)),
    ...(validUntil === undefined ? [] : [validUntil]),
  ];
  return ends.length === 0 ? undefined : Math.min(...ends);
}
