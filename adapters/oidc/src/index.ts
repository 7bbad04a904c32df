export { createOidcBridge } from './bridge.ts';
export type { OidcBridge } from './bridge.ts';
export type { KnownAttributes, OidcBridgeOptions, OidcLogger } from './options.ts';
export type { Attribute, ClientAuthentication, OidcClientOptions, PublicJwk } from './options/clients.ts';
export type { EntraAccount, EntraOptions, EntraPerson } from './entra/options.ts';
export type { BackchannelMessage, BackchannelOptions, BackchannelPerson } from './backchannel/options.ts';
export { inspectOidcOptions } from './inspect.ts';
export type { OidcInspection } from './inspect.ts';
