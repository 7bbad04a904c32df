import type { Clock } from '@asignio/contracts';
import { inspectSamlMetadata, inspectSamlOptions } from '@asignio/saml';
import { fail, faultOf, ok, warn } from './finding.ts';
import type { Finding } from './finding.ts';
import { inspectModule, read } from './options-module.ts';
import { usable } from './saml.ts';

/** Whether a bridge starts with these options, how long those whom it knows can be used, and whether the running one answers. */
export async function checkSamlOptions(file: string, clock: Clock): Promise<readonly Finding[]> {
  const looked = await inspectModule(file, 'createSamlBridge or createSamlServiceProvider', inspectSamlOptions);
  if ('fault' in looked) return [looked.fault];
  const { entityId, role, metadata, others } = looked.inspected;
  return [
    ok(`${role} ${entityId}`),
    ...others.map((one) => usable(`${one.role} ${one.entityId}`, one.usableUntil, clock)),
    await checkRunning(metadata, entityId),
  ];
}

/** Others read our metadata under the very address that we are called by. */
async function checkRunning(address: string, entityId: string): Promise<Finding> {
  const text = await read(address);
  if (text === undefined)
    return warn(`${address} does not answer`, 'Start the bridge, or look from where service providers are.');
  try {
    if (inspectSamlMetadata(text).entityId === entityId) return ok(`${address} answers`);
  } catch (error) {
    return faultOf(error, `${address} has metadata that cannot be used`);
  }
  return fail(`${address} is of another entityID`, 'Mount the router at the path of `entityId`, on its host.');
}
