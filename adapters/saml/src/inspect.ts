import type { AsignioCore, AssuranceLevels } from '@asignio/core';
import { usableUntil } from './metadata/inspect.ts';
import { settingsOf } from './options.ts';
import type { SamlBridgeOptions } from './options.ts';
import type { FirstFactor } from './options/own.ts';
import { serviceProviderSettings } from './service-provider/options.ts';
import type { SamlOwnServiceProviderOptions } from './service-provider/options.ts';

/** Somebody whose metadata are configured. */
export interface SamlOther {
  readonly entityId: string;
  readonly role: 'service provider' | 'identity provider';
  /** The earliest end of what stands in its metadata, ms since the epoch; `undefined` where nothing ends. */
  readonly usableUntil: number | undefined;
}

/** What options of `createSamlBridge`, or of `createSamlServiceProvider`, come to. */
export interface SamlInspection {
  readonly entityId: string;
  readonly role: 'bridge' | 'service provider';
  /** Where our own metadata are. */
  readonly metadata: string;
  readonly others: readonly SamlOther[];
}

/**
 * Checks options as the start does, without a system: for a command that looks before one starts. Metadata that a function
 * fetches are fetched, and a library that is chosen is loaded.
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the option and never its value, and what a function throws.
 * @example
 * ```ts
 * await inspectSamlOptions(options, { profiles: DEFAULT_PROFILES, obstacles: () => [] });
 * ```
 */
export async function inspectSamlOptions(
  options: SamlBridgeOptions | SamlOwnServiceProviderOptions,
  assurance: AssuranceLevels,
): Promise<SamlInspection> {
  if ('signedIn' in options) {
    const { entityId, firstFactor } = await serviceProviderSettings(options);
    return inspectionOf(entityId, 'service provider', [upstream(firstFactor)]);
  }
  const settings = await settingsOf({ assurance } as AsignioCore, options);
  return inspectionOf(settings.entityId, 'bridge', [
    ...settings.serviceProviders.map(({ metadata }): SamlOther => ({
      entityId: metadata.entityId,
      role: 'service provider',
      usableUntil: usableUntil(metadata),
    })),
    ...(settings.firstFactor === undefined ? [] : [upstream(settings.firstFactor)]),
  ]);
}

function inspectionOf(entityId: string, role: SamlInspection['role'], others: readonly SamlOther[]): SamlInspection {
  return { entityId, role, metadata: `${entityId}/metadata`, others };
}

function upstream({ identityProvider }: FirstFactor): SamlOther {
  const { entityId } = identityProvider;
  return { entityId, role: 'identity provider', usableUntil: usableUntil(identityProvider) };
}
