import Joi from 'joi';
import { readIdentityProvider } from '../metadata/read-identity-provider.ts';
import type { IdentityProviderMetadata } from '../metadata/read-identity-provider.ts';
import { COMPARISONS } from '../request/authn-request.ts';
import type { Comparison } from '../request/authn-request.ts';

/** An identity provider that is asked who somebody is. */
export interface SamlIdentityProviderOptions {
  /** Its metadata, as XML. They say who it is, where it is asked, and what its answers are signed with. */
  readonly metadata: string;
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
}

/** Options with every default in place. */
export interface IdentityProviderSettings {
  readonly identityProvider: IdentityProviderMetadata;
  readonly contexts: readonly string[];
  readonly comparison: Comparison;
  /** ms. */
  readonly maxAge: number | undefined;
  readonly encryption: { readonly required: boolean; readonly cbc: boolean };
}

/** As configured. */
export const IDENTITY_PROVIDER = {
  metadata: Joi.string()
    .max(1024 * 1024)
    .required(),
  contexts: Joi.array().items(Joi.string().min(1).max(1024)).max(20),
  comparison: Joi.valid(...COMPARISONS),
  maxAge: Joi.number().integer().min(1).max(31_536_000),
  encryption: Joi.object({ required: Joi.boolean(), cbc: Joi.boolean() }),
};

/**
 * Reads what an identity provider was configured with.
 * @throws Refused with a sentence about its metadata
 */
export function identityProviderOf(options: SamlIdentityProviderOptions, now: number): IdentityProviderSettings {
  return {
    identityProvider: readIdentityProvider(options.metadata, now),
    contexts: options.contexts ?? [],
    comparison: options.comparison ?? 'exact',
    maxAge: options.maxAge === undefined ? undefined : options.maxAge * 1000,
    encryption: { required: false, cbc: false, ...options.encryption },
  };
}
