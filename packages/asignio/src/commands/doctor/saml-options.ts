import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Clock } from '@asignio/contracts';
import { AsignioError } from '@asignio/contracts';
import { DEFAULT_PROFILES, nist63b4 } from '@asignio/core';
import type { AssuranceProfile } from '@asignio/core';
import { inspectSamlMetadata, inspectSamlOptions } from '@asignio/saml';
import type { SamlBridgeOptions, SamlInspection, SamlOwnServiceProviderOptions } from '@asignio/saml';
import { fail, faultOf, ok, warn } from './finding.ts';
import type { Finding } from './finding.ts';
import { usable } from './saml.ts';

const PATIENCE_MS = 5_000;

/** What a module of options may export. */
interface OptionsModule {
  readonly default?: SamlBridgeOptions | SamlOwnServiceProviderOptions;
  /** Assurance profiles, where the system has others than its own. */
  readonly assurance?: readonly AssuranceProfile[];
}

/** Whether a bridge starts with these options, how long those whom it knows can be used, and whether the running one answers. */
export async function checkSamlOptions(file: string, clock: Clock): Promise<readonly Finding[]> {
  let inspected: SamlInspection;
  try {
    const { default: options, assurance = [...DEFAULT_PROFILES, nist63b4()] } = (await import(
      pathToFileURL(resolve(file)).href
    )) as OptionsModule;
    if (options === undefined)
      return [
        fail(
          `${file} exports no options`,
          'Export what createSamlBridge or createSamlServiceProvider is given: `export default { ... }`.',
        ),
      ];
    inspected = await inspectSamlOptions(options, { profiles: assurance, obstacles: () => [] });
  } catch (error) {
    if (error instanceof AsignioError) return [faultOf(error, `${file} cannot be used`)];
    return [fail(`${file} cannot be loaded: ${(error as Error).message}`, 'Name a module that exports the options.')];
  }
  const { entityId, role, metadata, others } = inspected;
  return [
    ok(`${role} ${entityId}`),
    ...others.map((one) => usable(`${one.role} ${one.entityId}`, one.usableUntil, clock)),
    await checkRunning(metadata, entityId),
  ];
}

/** Others read our metadata under the very address that we are called by. */
async function checkRunning(address: string, entityId: string): Promise<Finding> {
  let text: string;
  try {
    const response = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!response.ok) throw new Error(response.statusText);
    text = await response.text();
  } catch {
    return warn(`${address} does not answer`, 'Start the bridge, or look from where service providers are.');
  }
  try {
    if (inspectSamlMetadata(text).entityId === entityId) return ok(`${address} answers`);
  } catch (error) {
    return faultOf(error, `${address} has metadata that cannot be used`);
  }
  return fail(`${address} is of another entityID`, 'Mount the router at the path of `entityId`, on its host.');
}
