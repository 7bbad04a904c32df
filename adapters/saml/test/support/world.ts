import type { CoreOptions } from '@asignio/core';
import { createSamlBridge } from '@asignio/saml';
import type { SamlBridge, SamlBridgeOptions, SamlServiceProviderOptions } from '@asignio/saml';
import { setStage } from '@asignio/test-bridges';
import type { Stage } from '@asignio/test-bridges';
import { Person } from './person.js';
import { ServiceProvider } from './service-provider.js';

export { ADA, TENANT } from '@asignio/test-bridges';
/** A service provider as most are. */
export const SHOP = new ServiceProvider();

export const SHOP_OPTIONS: SamlServiceProviderOptions = {
  metadata: SHOP.metadata(),
  name: 'The Shop',
  region: 'DE',
  attributes: ['name', 'email', 'phone'],
};

/** A system with people, and bridges on it. */
export interface World extends Stage<SamlBridge> {
  readonly entityId: string;
  /** Where requests go. */
  readonly sso: string;
  /** Where they go at the other process. */
  readonly otherSso: string;
  person(name?: string): Person;
}

export interface WorldOptions {
  readonly serviceProviders?: readonly SamlServiceProviderOptions[];
  readonly bridge?: Partial<SamlBridgeOptions>;
  readonly core?: Partial<CoreOptions>;
}

/** Ada and Bob are enrolled; the host knows name, e-mail and phone of Ada. */
export async function makeWorld({
  serviceProviders = [SHOP_OPTIONS],
  bridge,
  core,
}: WorldOptions = {}): Promise<World> {
  const stage = await setStage(
    '/saml',
    (system, entityId, host) => createSamlBridge(system, { entityId, serviceProviders, ...host, ...bridge }),
    core,
  );
  return {
    ...stage,
    entityId: `${stage.url}/saml`,
    sso: `${stage.url}/saml/sso`,
    otherSso: `${stage.otherUrl}/saml/sso`,
    person: (name = 'ada') => new Person(stage.url, name),
  };
}
