export { createSamlBridge } from './bridge.ts';
export type { SamlBridge } from './bridge.ts';
export type { Context as SamlContext } from './assurance/contexts.ts';
export type { SamlIdentityProviderOptions } from './consumer/options.ts';
export { inspectSamlMetadata } from './metadata/inspect.ts';
export type { SamlMetadataReport } from './metadata/inspect.ts';
export type { SamlSignIn } from './response/read.ts';
export type { KnownAttributes, SamlBridgeOptions, SamlFirstFactorOptions, SamlLogger } from './options.ts';
export type { Attribute, SamlServiceProviderOptions } from './options/service-providers.ts';
