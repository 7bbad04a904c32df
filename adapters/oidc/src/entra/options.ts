import { isSafeUrl } from '@asignio/bridge';
import type { Factor } from '@asignio/contracts';
import type { AsignioCore } from '@asignio/core';
import Joi from 'joi';
import type { OidcClientOptions } from '../options/clients.ts';
import { methodsOf } from './claims.ts';

/** Somebody as Entra names them in its hint. */
export interface EntraAccount {
  /** The directory whose users may come here, and who asks now (GUID). */
  readonly tenant: string;
  /** The directory that the account is from: for guests another one (GUID). */
  readonly tid: string;
  /** The account, in every application (GUID). */
  readonly oid: string;
  /** As people read it; not unique, and can change. */
  readonly preferredUsername: string | undefined;
}

/** Microsoft Entra's external authentication method: we are its second factor. */
export interface EntraOptions {
  /** The client id that the method is given in Entra. */
  readonly clientId: string;
  /** Application (client) id of the app registration that stands for it: whom hints are for. */
  readonly application: string;
  /** Directory (tenant) ids whose users may come. */
  readonly tenants: readonly string[];
  /** Where the directory is kept, ISO 3166: people are told before anything goes there (R32). */
  readonly region: string;
  /** As people are shown it. @default 'Microsoft Entra' */
  readonly name?: string;
  /**
   * Whom Asignio knows the account as, and under which name they type it; `undefined` for nobody here. Microsoft says to
   * tell accounts apart by `tid` and `oid`.
   */
  readonly subject: (
    account: EntraAccount,
  ) => EntraPerson | string | undefined | Promise<EntraPerson | string | undefined>;
  /** Assurance profile: one that proves something Entra has a word for. @default the system's first that does */
  readonly assurance?: string;
  /** `https://login.microsoftonline.us` or `https://login.partner.microsoftonline.cn` for those clouds. @default 'https://login.microsoftonline.com' */
  readonly authority?: string;
}

/** Somebody here. */
export interface EntraPerson {
  /** The id that Asignio knows them by. */
  readonly subject: string;
  /** What they type at sign-in. @default the same */
  readonly name?: string;
}

/** With every default in place. */
export interface EntraSettings extends EntraOptions {
  readonly authority: string;
  readonly assurance: string;
  readonly client: OidcClientOptions;
}

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const REGION = /^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$/;

export const ENTRA = Joi.object({
  clientId: Joi.string()
    .pattern(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)
    .required(),
  application: Joi.string().pattern(GUID).required(),
  tenants: Joi.array().items(Joi.string().pattern(GUID)).min(1).max(1000).unique().required(),
  region: Joi.string().pattern(REGION).required(),
  name: Joi.string().trim().min(1).max(200),
  subject: Joi.function().required(),
  assurance: Joi.string(),
  authority: Joi.string()
    .max(500)
    .custom((value: string, helpers) =>
      isSafeUrl(value) && new URL(value).origin === value && value.startsWith('https:')
        ? value
        : helpers.error('url.origin'),
    ),
});

/** @param refuse makes the error of a sentence that names the option */
export function entraSettingsOf(
  core: Pick<AsignioCore, 'assurance'>,
  options: EntraOptions,
  refuse: (sentence: string) => Error,
): EntraSettings {
  const { assurance } = core;
  const { profiles } = assurance;
  const named = options.assurance;
  const profile =
    named === undefined
      ? profiles.find((one) => methodsOf(factorsOf(one)).length > 0 && assurance.obstacles(one.name).length === 0)
      : profiles.find(({ name }) => name === named);
  if (named !== undefined && profile === undefined)
    throw refuse('`entra.assurance` names no assurance profile of this system');
  if (profile === undefined || methodsOf(factorsOf(profile)).length === 0)
    throw refuse(
      '`entra.assurance` must name a profile that proves something Entra has a word for: a face, a voice, a passkey or a device. It has none for a signature, which counts beside one of these',
    );
  const authority = options.authority ?? 'https://login.microsoftonline.com';
  return {
    ...options,
    authority,
    assurance: profile.name,
    client: {
      id: options.clientId,
      name: options.name ?? 'Microsoft Entra',
      region: options.region,
      redirectUris: [`${authority}/common/federation/externalauthprovider`],
      assurance: profile.name,
    },
  };
}

/** All that satisfying a profile may prove. */
function factorsOf(profile: AsignioCore['assurance']['profiles'][number]): readonly Factor[] {
  return [...profile.factors, ...(profile.conditions?.authenticator.value ?? [])];
}
