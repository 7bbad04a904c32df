import type { CoreOptions } from '@asignio/core';
import { createOidcBridge } from '@asignio/oidc';
import type { OidcBridge, OidcBridgeOptions, OidcClientOptions } from '@asignio/oidc';
import { setStage } from '@asignio/test-bridges';
import type { Stage } from '@asignio/test-bridges';
import { Person } from './person.js';

export { ADA, TENANT } from '@asignio/test-bridges';
export const SECRET = 'wUq7vY2mZ0pL4kT9sX1eR6nB8cH3dJ5fGaQiOzMy';
export const SHOP = 'https://shop.example/callback';

/** A relying party as most are. */
export const CLIENT: OidcClientOptions = {
  id: 'shop',
  name: 'The Shop',
  region: 'DE',
  redirectUris: [SHOP],
  postLogoutRedirectUris: ['https://shop.example/'],
  secret: SECRET,
  attributes: ['name', 'email', 'phone'],
};

/** A system with people, and bridges on it. */
export interface World extends Stage<OidcBridge> {
  readonly issuer: string;
  person(name?: string): Person;
}

export interface WorldOptions {
  readonly clients?: readonly OidcClientOptions[];
  readonly bridge?: Partial<OidcBridgeOptions>;
  readonly core?: Partial<CoreOptions>;
}

/** Ada and Bob are enrolled; the host knows name, e-mail and phone of Ada. */
export async function makeWorld({ clients = [CLIENT], bridge, core }: WorldOptions = {}): Promise<World> {
  const stage = await setStage(
    '/oidc',
    (system, issuer, host) => createOidcBridge(system, { issuer, clients, ...host, ...bridge }),
    core,
  );
  return {
    ...stage,
    issuer: `${stage.url}/oidc`,
    person: (name = 'ada') => new Person(stage.url, name),
  };
}
