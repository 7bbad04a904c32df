export { createOidcBridge } from './bridge.ts';
export type { OidcBridge } from './bridge.ts';
export type { Attribute, BridgeLogger as OidcLogger, KnownAttributes } from '@asignio/bridge';
export type { OidcBridgeOptions } from './options.ts';
export type { ClientAuthentication, OidcClientOptions, PublicJwk } from './options/clients.ts';
export type { EntraAccount, EntraOptions, EntraPerson } from './entra/options.ts';
export type { BackchannelMessage, BackchannelOptions, BackchannelPerson } from './backchannel/options.ts';
export { inspectOidcOptions } from './inspect.ts';
export type { OidcInspection } from './inspect.ts';
