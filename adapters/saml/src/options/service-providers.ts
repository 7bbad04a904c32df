import { ASKER } from '@asignio/bridge';
import type { Attribute } from '@asignio/bridge';
import type { X509Certificate } from 'node:crypto';
import Joi from 'joi';
import { readCertificate } from '../crypto/certificate.ts';
import type { KeyTransport } from '../crypto/ciphers.ts';
import type { Recipient } from '../crypto/encrypt.ts';
import { recipientOf } from '../crypto/recipient.ts';
import { checkServiceProvider, readServiceProvider } from '../metadata/service-provider.ts';
import type { ServiceProviderMetadata } from '../metadata/service-provider.ts';
import { METADATA } from '../consumer/options.ts';
import { Refused } from '../xml/refused.ts';
import type { Kind, MetadataSource } from './registry.ts';

/** Something that asks for a sign-in. */
export interface SamlServiceProviderOptions {
  /**
   * Its metadata, as XML: who it is, where answers go, what its requests are signed with. A function fetches them, at the
   * start and again every `metadataEvery`; what it fetches from is the host's to trust, such as an https address.
   */
  readonly metadata: MetadataSource;
  /** As people are shown it. */
  readonly name: string;
  /** Where it is, ISO 3166 (`DE`, `US-CA`): people are told before anything goes there (R32). */
  readonly region: string;
  /** What it may be told. @default nothing: a persistent identifier alone */
  readonly attributes?: readonly Attribute[];
  /** What it calls them, where it does not go by the names of LDAP as OIDs (X.500/LDAP attribute profile). */
  readonly attributeNames?: { readonly [A in Attribute]?: string };
  /** Takes only requests that are signed. @default what the metadata say (`AuthnRequestsSigned`) */
  readonly signedRequests?: boolean;
  /**
   * Takes answers that it did not ask for, at a link of ours. `relayStates` are the only RelayStates that such a link may
   * carry: to a service provider they are often an address to send people on to.
   * @default false
   */
  readonly idpInitiated?: boolean | { readonly relayStates: readonly string[] };
  /**
   * Assertions are encrypted for it, and names in messages about a sign-out, with AES-256-GCM and RSA-OAEP: nothing on the
   * way, the person's browser included, reads them. For the first key in its metadata that is in force, or for `certificate` (PEM). `keyTransport` `rsa-oaep` is that
   * of XML Encryption 1.1 with SHA-256; `rsa-oaep-mgf1p` is older, and known to all.
   * @default false; the keyTransport that the metadata name with the key, else `rsa-oaep-mgf1p`
   */
  readonly encryptAssertions?: boolean | { readonly certificate?: string; readonly keyTransport?: KeyTransport };
  /** Assurance profile that it needs at least, whatever its requests say. @default none */
  readonly assurance?: string;
}

/** One service provider, with its metadata read. */
export interface ServiceProvider {
  readonly metadata: ServiceProviderMetadata;
  readonly name: string;
  readonly region: string;
  readonly attributes: readonly Attribute[];
  readonly attributeNames: { readonly [A in Attribute]?: string };
  readonly signedRequests: boolean;
  /** `undefined`: not at all. */
  readonly idpInitiated: { readonly relayStates: readonly string[] } | undefined;
  readonly assurance: string | undefined;
  /** Who alone can read its assertions, and names in messages about a sign-out; `undefined`: they are not encrypted. */
  readonly encryptTo: Recipient | undefined;
}

/** Of service providers. */
export const SERVICE_PROVIDERS: Kind<SamlServiceProviderOptions, ServiceProvider> = {
  who: 'serviceProvider',
  read: serviceProviderOf,
  entityId: ({ metadata }) => metadata.entityId,
};

const attributeName = Joi.string().min(1).max(200);

/** One service provider, as configured. */
export const SERVICE_PROVIDER = Joi.object({
  metadata: METADATA,
  ...ASKER,
  attributeNames: Joi.object({ name: attributeName, email: attributeName, phone: attributeName }),
  signedRequests: Joi.boolean(),
  idpInitiated: Joi.alternatives(
    Joi.boolean(),
    Joi.object({ relayStates: Joi.array().items(Joi.string().min(1).max(1024)).max(100).required() }),
  ),
  assurance: Joi.string(),
  encryptAssertions: Joi.alternatives(
    Joi.boolean(),
    Joi.object({
      certificate: Joi.string().max(16 * 1024),
      keyTransport: Joi.valid('rsa-oaep', 'rsa-oaep-mgf1p'),
    }),
  ),
});

/**
 * Reads what a service provider was configured with.
 * @param text its metadata
 * @throws Refused with a sentence about its metadata
 */
function serviceProviderOf(options: SamlServiceProviderOptions, text: string, now: number): ServiceProvider {
  const metadata = checkServiceProvider(readServiceProvider(text), now);
  const { signedRequests = metadata.signsRequests, idpInitiated = false } = options;
  if (signedRequests && metadata.certificates.length === 0)
    throw new Refused('metadata', 'They name no key, and `signedRequests` needs one');
  return {
    metadata,
    name: options.name,
    region: options.region,
    attributes: options.attributes ?? [],
    attributeNames: options.attributeNames ?? {},
    signedRequests,
    idpInitiated: idpInitiated === true ? { relayStates: [] } : idpInitiated === false ? undefined : idpInitiated,
    assurance: options.assurance,
    encryptTo: encryptTo(options, metadata, now),
  };
}

function encryptTo(
  { encryptAssertions = false }: SamlServiceProviderOptions,
  metadata: ServiceProviderMetadata,
  now: number,
): Recipient | undefined {
  if (encryptAssertions === false) return undefined;
  const { certificate, keyTransport } = encryptAssertions === true ? {} : encryptAssertions;
  const keys =
    certificate === undefined ? metadata.encryption : [{ certificate: certificateOf(certificate), methods: [] }];
  const recipient = recipientOf(keys, now, keyTransport);
  if (recipient === undefined)
    throw new Refused(
      'metadata',
      certificate === undefined
        ? 'They name no RSA key of 2048 bits or more that is in force, and `encryptAssertions` needs one'
        : '`encryptAssertions.certificate` is not in force',
    );
  return recipient;
}

function certificateOf(pem: string): X509Certificate {
  try {
    return readCertificate(pem);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw new Refused(error.reason, `\`encryptAssertions.certificate\` is of no use: ${error.message}`);
  }
}
