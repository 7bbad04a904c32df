import { inflateRawSync } from 'node:zlib';
import { readRedirect } from '#src/bindings/redirect.js';
import { signingCertificates } from '#src/metadata/service-provider.js';
import { METADATA_LIMITS, parseXml } from '#src/xml/parse.js';
import { child } from '#src/xml/read.js';
import type { Page } from './person.js';

/** A message of the redirect binding. */
export interface Message {
  /** Where it goes, without the message itself. */
  readonly to: string;
  readonly xml: string;
  readonly id: string;
  readonly relayState: string | null;
}

/** The message that a page leads away with, verified against its sender's metadata of that role. */
export function messageOf(
  { to }: Page,
  name: 'SAMLRequest' | 'SAMLResponse',
  metadata: string,
  role: 'IDPSSODescriptor' | 'SPSSODescriptor' = 'IDPSSODescriptor',
): Message {
  const url = new URL(to ?? '');
  const own = child(parseXml(metadata, METADATA_LIMITS), 'metadata', role);
  readRedirect(url.search.slice(1), name).verify?.(own === undefined ? [] : signingCertificates(own));
  const xml = inflateRawSync(Buffer.from(url.searchParams.get(name) ?? '', 'base64')).toString();
  const id = / ID="([^"]*)"/.exec(xml)?.[1] ?? '';
  return { to: url.origin + url.pathname, xml, id, relayState: url.searchParams.get('RelayState') };
}
