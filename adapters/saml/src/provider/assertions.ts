import { randomBytes } from 'node:crypto';
import type { Attribute } from '@asignio/bridge';
import { AsignioError } from '@asignio/contracts';
import type { AsignioCore } from '@asignio/core';
import type { ServiceProvider } from '../options/service-providers.ts';
import type { Settings } from '../options.ts';
import { NAME_ID } from '../xml/names.ts';
import type { Refusal } from '../xml/names.ts';
import { partyId } from './consents.ts';
import type { Statement } from './response.ts';
import type { SignedIn, Visit } from './visits.ts';

/** Names in the X.500/LDAP attribute profile (SAML 2.0 Profiles, 8.2): displayName, mail, telephoneNumber. */
const ATTRIBUTE_NAMES: { readonly [A in Attribute]: { readonly name: string; readonly friendly: string } } = {
  name: { name: 'urn:oid:2.16.840.1.113730.3.1.241', friendly: 'displayName' },
  email: { name: 'urn:oid:0.9.2342.19200300.100.1.3', friendly: 'mail' },
  phone: { name: 'urn:oid:2.5.4.20', friendly: 'telephoneNumber' },
};

const FORMATS: readonly string[] = [NAME_ID.persistent, NAME_ID.transient, NAME_ID.email];

/** The format of a name that a service provider gets: what the request asks for, else what its metadata prefer. */
export function nameIdFormat(asked: string | undefined, { metadata }: ServiceProvider): string | undefined {
  if (asked !== undefined && asked !== NAME_ID.unspecified) return FORMATS.includes(asked) ? asked : undefined;
  return metadata.nameIdFormats.find((format) => FORMATS.includes(format)) ?? NAME_ID.persistent;
}

/**
 * What is told of a person who signed in: by the core, which checks the release as it is now and puts it on record as a
 * disclosure (R13, R14). A name is of this service provider alone unless the person released their e-mail address for it.
 */
export async function statementOf(
  core: AsignioCore,
  { tenant, lifetimes, clock }: Pick<Settings, 'tenant' | 'lifetimes' | 'clock'>,
  visit: Pick<Visit, 'expected' | 'nameIdFormat'>,
  to: ServiceProvider,
  { subject, at, context, sessionIndex, sessionEnds, authority }: SignedIn,
): Promise<Statement | { readonly refusal: Refusal }> {
  let told: Awaited<ReturnType<typeof core.governance.assertion>>;
  try {
    told = await core.governance.assertion(tenant, subject, partyId(to), to.attributes);
  } catch (error) {
    if (error instanceof AsignioError && error.status < 500) return { refusal: 'requestDenied' };
    throw error;
  }
  // Another person than the one whom the service provider asks about.
  if (visit.expected !== null && visit.expected !== told.subject) return { refusal: 'authnFailed' };
  const nameId = nameOf(visit.nameIdFormat, told);
  if (nameId === undefined) return { refusal: 'invalidNameIdPolicy' };
  return {
    nameId,
    contextClass: context.ref,
    authority: authority ?? undefined,
    authenticatedAt: at,
    sessionIndex,
    sessionEnds,
    ends: clock.now() + lifetimes.assertion * 1000,
    attributes: to.attributes.flatMap((name) => {
      const value = told.attributes[name];
      if (value === undefined) return [];
      const known = ATTRIBUTE_NAMES[name];
      return [{ name: to.attributeNames[name] ?? known.name, friendly: known.friendly, value }];
    }),
  };
}

function nameOf(
  format: string,
  told: { readonly subject: string; readonly attributes: { readonly email?: string } },
): Statement['nameId'] | undefined {
  if (format === NAME_ID.email) {
    const { email } = told.attributes;
    return email === undefined ? undefined : { format, value: email, qualified: false };
  }
  const value = format === NAME_ID.transient ? `_${randomBytes(20).toString('hex')}` : told.subject;
  return { format, value, qualified: true };
}
