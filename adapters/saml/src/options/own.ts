import { isSafeUrl, seconds } from '@asignio/bridge';
import type { Host } from '@asignio/bridge';
import Joi from 'joi';
import { IDENTITY_PROVIDER, identityProviderOf } from '../consumer/options.ts';
import type { IdentityProviderSettings, SamlIdentityProviderOptions } from '../consumer/options.ts';
import type { SamlSignIn } from '../response/read.ts';
import type { RegistryTools } from './registry.ts';
import { Refused } from '../xml/refused.ts';

/** The company's own identity provider, which says who somebody is before they draw. */
export interface SamlFirstFactorOptions extends SamlIdentityProviderOptions {
  /** Whom its answer is about, as the host calls them; `undefined` for nobody. @default the NameID */
  readonly subject?: (signIn: SamlSignIn) => string | undefined | Promise<string | undefined>;
}

/** {@link SamlFirstFactorOptions} with every default in place. */
export interface FirstFactor extends IdentityProviderSettings {
  readonly subject: (signIn: SamlSignIn) => string | undefined | Promise<string | undefined>;
}

/** Keys of our own, in seconds. */
export interface SamlKeysOptions {
  /** A new key is published so long before it signs. @default 1 209 600: 14 days */
  readonly publishBefore?: number;
  /** A key stays published so long after its last signature. @default 604 800: 7 days */
  readonly keepAfter?: number;
  /** @default 94 608 000: 3 years */
  readonly certificateLifetime?: number;
}

export const DAY = 86_400;
export const KEYS: Required<SamlKeysOptions> = {
  publishBefore: 14 * DAY,
  keepAfter: 7 * DAY,
  certificateLifetime: 3 * 365 * DAY,
};
export const CLOCK_TOLERANCE = 60;
const METADATA_EVERY = 3600;

/** What an entity of ours is configured with, whatever its role. */
export const OWN = {
  entityId: Joi.string()
    .max(500)
    .custom((value: string, helpers) => (isEntityId(value) ? value : helpers.error('url.unsafe')))
    .required(),
  keys: Joi.object({
    publishBefore: seconds(0, 365 * DAY),
    keepAfter: seconds(0, 365 * DAY),
    certificateLifetime: seconds(DAY, 20 * 365 * DAY),
  }),
  clockTolerance: seconds(0, 300),
  metadataEvery: seconds(60, 7 * DAY),
};

export const FIRST_FACTOR = Joi.object({ ...IDENTITY_PROVIDER, subject: Joi.function() });

export const SENTENCES = {
  'url.unsafe':
    '{{#label}} must be an absolute https URL without a query, a fragment, a user name or a slash at its end (http on localhost alone)',
};

/** @param invalid makes the error that names an option */
export async function firstFactorOf(
  options: SamlFirstFactorOptions,
  tools: RegistryTools,
  invalid: (sentence: string) => Error,
): Promise<FirstFactor> {
  const settings = await identityProviderOf(options, tools, (option, read) =>
    naming(invalid, `firstFactor.${option}`, read),
  );
  // What is a getter there stays one.
  return Object.assign(settings, { subject: options.subject ?? (({ nameId }: SamlSignIn) => nameId) });
}

/** How often what is fetched is fetched. @param every seconds */
export function fetching({ clock, logger }: Pick<Host, 'clock' | 'logger'>, every = METADATA_EVERY): RegistryTools {
  return { clock, logger, every: every * 1000 };
}

/** Where an entity is, by its name. */
export function placeOf(entityId: string): { readonly origin: string; readonly path: string } {
  const { origin, pathname } = new URL(entityId);
  return { origin, path: pathname === '/' ? '' : pathname };
}

/**
 * Says which option a complaint is about.
 * @param invalid makes the error
 */
export function naming<T>(invalid: (sentence: string) => Error, option: string, reader: () => T): T {
  try {
    return reader();
  } catch (error) {
    if (error instanceof Refused) throw invalid(`\`${option}\` cannot be used: ${error.message}`);
    throw error;
  }
}

function isEntityId(text: string): boolean {
  return isSafeUrl(text) && !text.includes('?') && !text.endsWith('/');
}
