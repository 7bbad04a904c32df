import Joi from 'joi';
import { readIdentityProvider } from '../metadata/read-identity-provider.ts';
import type { IdentityProviderMetadata } from '../metadata/read-identity-provider.ts';
import type { Recipient } from '../crypto/encrypt.ts';
import { recipientOf } from '../crypto/recipient.ts';
import { Registry } from '../options/registry.ts';
import type { RegistryTools, Kind, MetadataSource } from '../options/registry.ts';
import { COMPARISONS } from '../request/authn-request.ts';
import type { Comparison } from '../request/authn-request.ts';
import { loadLibrary, SAML_LIBRARIES } from './libraries/library.ts';
import type { LibraryReader, SamlLibrary } from './libraries/library.ts';
import { Refused } from '../xml/refused.ts';

/** An identity provider that is asked who somebody is. */
export interface SamlIdentityProviderOptions {
  /**
   * Its metadata, as XML: who it is, where it is asked, what its answers are signed with. A function fetches them, at the
   * start and again every `metadataEvery`; what it fetches from is the host's to trust, such as an https address.
   */
  readonly metadata: MetadataSource;
  /** Authentication context classes to ask for; an answer of another is refused where `comparison` is `exact`. @default any */
  readonly contexts?: readonly string[];
  /** How they are meant. @default 'exact' */
  readonly comparison?: Comparison;
  /** How long ago the person may have signed in there, seconds. @default any time */
  readonly maxAge?: number;
  /**
   * Its assertions may be encrypted for the key in our metadata, with AES-GCM and RSA-OAEP. `required`: none is taken that
   * is not. `cbc`: AES-CBC is read too, in a response that is signed as a whole.
   * @default \{ required: false, cbc: false \}
   */
  readonly encryption?: { readonly required?: boolean; readonly cbc?: boolean };
  /**
   * A library that takes its answers too: what our own checks let through goes to it, and counts only if it takes it and
   * reads the same person, session and attributes. It must be installed (`@node-saml/node-saml` 5.1, `saml2-js` 4.0.4), and
   * is loaded here alone. Encrypted assertions are not for it, so none are taken, and `encryption` cannot be set.
   * @default our own reader alone
   */
  readonly library?: SamlLibrary;
  /**
   * Sign-outs. `passOn`: who signs out here is signed out there too, where its metadata name a SingleLogoutService.
   * `encryptNames`: names in messages about that are encrypted for its key (AES-256-GCM, RSA-OAEP). What it says of
   * sign-outs is always taken.
   * @default passOn: true; encryptNames: where its metadata name a key with `use="encryption"`
   */
  readonly logout?: { readonly passOn?: boolean; readonly encryptNames?: boolean };
}

/** Its metadata, and what the options make of them. */
export interface KnownIdentityProvider extends IdentityProviderMetadata {
  /** Who alone can read names in messages about a sign-out; `undefined`: they are not encrypted. */
  readonly encryptTo: Recipient | undefined;
}

/** Options with every default in place. */
export interface IdentityProviderSettings {
  /** Of now. */
  readonly identityProvider: KnownIdentityProvider;
  readonly contexts: readonly string[];
  readonly comparison: Comparison;
  /** ms. */
  readonly maxAge: number | undefined;
  /** `undefined`: none is read. */
  readonly encryption: { readonly required: boolean; readonly cbc: boolean } | undefined;
  readonly library: LibraryReader | undefined;
  /** Who signs out here is signed out there too. */
  readonly passLogoutOn: boolean;
}

export const METADATA = Joi.alternatives(Joi.string().max(1024 * 1024), Joi.function()).required();

/** Of identity providers. */
const IDENTITY_PROVIDERS: Kind<SamlIdentityProviderOptions, KnownIdentityProvider> = {
  who: 'identityProvider',
  read: knownIdentityProvider,
  entityId: ({ entityId }) => entityId,
};

/** As configured. */
export const IDENTITY_PROVIDER = {
  metadata: METADATA,
  contexts: Joi.array().items(Joi.string().min(1).max(1024)).max(20),
  comparison: Joi.valid(...COMPARISONS),
  maxAge: Joi.number().integer().min(1).max(31_536_000),
  encryption: Joi.object({ required: Joi.boolean(), cbc: Joi.boolean() }),
  library: Joi.valid(...SAML_LIBRARIES),
  logout: Joi.object({ passOn: Joi.boolean(), encryptNames: Joi.boolean() }),
};

/**
 * Reads what an identity provider was configured with.
 * @param naming says which of its options a complaint is about
 */
export async function identityProviderOf(
  options: SamlIdentityProviderOptions,
  tools: RegistryTools,
  naming: <T>(option: string, read: () => T) => T,
): Promise<IdentityProviderSettings> {
  const library = naming('library', () => libraryOf(options));
  const fetched = await Registry.read(IDENTITY_PROVIDERS, [options], tools, (_, read) => naming('metadata', read));
  return {
    get identityProvider() {
      const [one] = fetched.all();
      if (one === undefined) throw new Error('There is no identity provider');
      return one;
    },
    contexts: options.contexts ?? [],
    comparison: options.comparison ?? 'exact',
    maxAge: options.maxAge === undefined ? undefined : options.maxAge * 1000,
    encryption: library === undefined ? { required: false, cbc: false, ...options.encryption } : undefined,
    library,
    passLogoutOn: options.logout?.passOn ?? true,
  };
}

/** @throws Refused with a sentence about its metadata */
function knownIdentityProvider(
  { logout }: SamlIdentityProviderOptions,
  text: string,
  now: number,
): KnownIdentityProvider {
  const metadata = readIdentityProvider(text, now);
  const { encryptNames } = logout ?? {};
  const keys = metadata.encryption.filter(({ dedicated }) => encryptNames === true || dedicated);
  const encryptTo = encryptNames === false ? undefined : recipientOf(keys, now);
  if (encryptNames === true && encryptTo === undefined)
    throw new Refused(
      'metadata',
      'They name no RSA key of 2048 bits or more that is in force, and `logout.encryptNames` needs one',
    );
  return { ...metadata, encryptTo };
}

/** @throws Refused for what it cannot do safely. */
function libraryOf({ library, encryption }: SamlIdentityProviderOptions): LibraryReader | undefined {
  if (library === undefined) return undefined;
  if (encryption !== undefined)
    throw new Refused(
      'library',
      '`encryption` is for our own reader alone: both libraries decrypt by xml-encryption, which reads what must not be read',
    );
  return loadLibrary(library);
}
