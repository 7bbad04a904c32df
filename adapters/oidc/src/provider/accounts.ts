import { ATTRIBUTES } from '@asignio/bridge';
import type { Attribute } from '@asignio/bridge';
import { AsignioError } from '@asignio/contracts';
import type { SubjectId, TenantId } from '@asignio/contracts';
import type { AsignioCore } from '@asignio/core';
import { errors } from 'oidc-provider';

/** Name of each attribute in OpenID Connect Core, 5.1 and 5.4: the scope that asks for it, the claim that tells it. */
export const CLAIMS: { readonly [A in Attribute]: { readonly scope: string; readonly claim: string } } = {
  name: { scope: 'profile', claim: 'name' },
  email: { scope: 'email', claim: 'email' },
  phone: { scope: 'phone', claim: 'phone_number' },
};

/** What relying parties are told of people: what the core says, and nothing else (R14). */
export class Accounts {
  private readonly core: AsignioCore;
  private readonly tenant: TenantId;

  constructor(core: AsignioCore, tenant: TenantId) {
    this.core = core;
    this.tenant = tenant;
  }

  /**
   * The claims of one answer. Each is an assertion of its own: checked against the release as it is now, and on record.
   * @throws an OAuth error where the person released nothing to the client, or took it back.
   */
  async claims(
    subject: SubjectId,
    client: string,
    asked: readonly Attribute[],
    refusal: (description: string) => Error,
  ): Promise<Record<string, string>> {
    try {
      const assertion = await this.core.governance.assertion(this.tenant, subject, client, asked);
      await this.remember(subject, client, assertion.subject);
      const told = ATTRIBUTES.flatMap((name) => {
        const value = assertion.attributes[name];
        return value === undefined ? [] : [[CLAIMS[name].claim, value] as const];
      });
      // `sub` becomes the pairwise identifier on its way out.
      return { sub: subject, ...Object.fromEntries(told) };
    } catch (error) {
      if (error instanceof AsignioError && error.status < 500) throw refusal('nothing is released to this client');
      throw error;
    }
  }

  /**
   * The identifier of a person for one client: stable, and nothing to any other client (OpenID Connect Core, 8.1).
   * @throws `ASIGNIO_CONSENT_REQUIRED` where they never released it.
   */
  async identifier(subject: SubjectId, client: string): Promise<string> {
    const known = await this.core.cabinet.get(this.key(subject, client));
    if (typeof known === 'string') return known;
    const { subject: identifier } = await this.core.governance.assertion(this.tenant, subject, client, []);
    await this.remember(subject, client, identifier);
    return identifier;
  }

  /** The identifier that was told already, if one was. */
  async toldIdentifier(subject: SubjectId, client: string): Promise<string | undefined> {
    const known = await this.core.cabinet.get(this.key(subject, client));
    return typeof known === 'string' ? known : undefined;
  }

  /** Looked for first: it is there at every sign-in but the first, and reading is cheaper than sealing. */
  private async remember(subject: SubjectId, client: string, identifier: string): Promise<void> {
    if ((await this.toldIdentifier(subject, client)) !== undefined) return;
    await this.core.cabinet.add(this.key(subject, client), identifier, {
      expiresAt: null,
      group: `oidc.subject ${subject}`,
      subject,
    });
  }

  private key(subject: SubjectId, client: string) {
    return { tenant: this.tenant, drawer: 'oidc.identifier', id: `${client} ${subject}` };
  }
}

/** The attributes that scopes and names of claims stand for. */
export function attributesOf(scopes: Iterable<string>, claims: Iterable<string>): readonly Attribute[] {
  const scope = new Set(scopes);
  const claim = new Set(claims);
  return ATTRIBUTES.filter((name) => scope.has(CLAIMS[name].scope) || claim.has(CLAIMS[name].claim));
}

/** The refusal that fits the endpoint. */
export function refusalAt(route: string | undefined): (description: string) => Error {
  if (route === 'userinfo') return (description) => new errors.InvalidToken(description);
  if (route === 'token') return (description) => new errors.InvalidGrant(description);
  return (description) => new errors.AccessDenied(description);
}
