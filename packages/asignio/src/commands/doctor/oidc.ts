import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AsignioError } from '@asignio/contracts';
import { DEFAULT_PROFILES, nist63b4 } from '@asignio/core';
import type { AssuranceProfile } from '@asignio/core';
import { inspectOidcOptions } from '@asignio/oidc';
import type { OidcBridgeOptions, OidcInspection } from '@asignio/oidc';
import { fail, faultOf, ok, warn } from './finding.ts';
import type { Finding } from './finding.ts';

const PATIENCE_MS = 5_000;

/** What a module of options may export. */
interface OptionsModule {
  readonly default?: OidcBridgeOptions;
  /** Assurance profiles, where the system has others than its own. */
  readonly assurance?: readonly AssuranceProfile[];
}

/** Whether a bridge starts with these options, and whether the running one answers as they say. */
export async function checkOidc(file: string): Promise<readonly Finding[]> {
  let inspected: OidcInspection;
  try {
    const { default: options, assurance = [...DEFAULT_PROFILES, nist63b4()] } = (await import(
      pathToFileURL(resolve(file)).href
    )) as OptionsModule;
    if (options === undefined)
      return [fail(`${file} exports no options`, 'Export what createOidcBridge is given: `export default { ... }`.')];
    inspected = await inspectOidcOptions(options, { profiles: assurance, obstacles: () => [] });
  } catch (error) {
    if (error instanceof AsignioError) return [faultOf(error, `${file} cannot be used`)];
    return [fail(`${file} cannot be loaded: ${(error as Error).message}`, 'Name a module that exports the options.')];
  }
  const { issuer, clients, discovery, entra } = inspected;
  const findings = [ok(`${issuer} with ${clients} ${clients === 1 ? 'client' : 'clients'}`)];
  for (const [index, address] of discovery.entries())
    findings.push(await checkDiscovery(address, index === 0 ? issuer : `${issuer}/entra`));
  if (entra !== undefined)
    findings.push(
      (await read(entra)) === undefined
        ? warn(`${entra} cannot be read`, 'Hints of Entra cannot be verified: let this machine reach it.')
        : ok(`${entra} can be read`),
    );
  return findings;
}

/** Relying parties begin here: it must be reached under the very address that stands in tokens. */
async function checkDiscovery(address: string, issuer: string): Promise<Finding> {
  const metadata = await read(address);
  if (metadata === undefined)
    return warn(`${address} does not answer`, 'Start the bridge, or look from where relying parties are.');
  if (metadata['issuer'] !== issuer)
    return fail(`${address} is of another issuer`, 'Mount the router at the path of `issuer`, on its host.');
  return ok(`${address} answers`);
}

async function read(address: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const response = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(PATIENCE_MS) });
    return response.ok ? ((await response.json()) as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
