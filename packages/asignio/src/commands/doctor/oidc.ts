import { inspectOidcOptions } from '@asignio/oidc';
import { fail, ok, warn } from './finding.ts';
import type { Finding } from './finding.ts';
import { inspectModule, read } from './options-module.ts';

/** Whether a bridge starts with these options, and whether the running one answers as they say. */
export async function checkOidc(file: string): Promise<readonly Finding[]> {
  const looked = await inspectModule(file, 'createOidcBridge', inspectOidcOptions);
  if ('fault' in looked) return [looked.fault];
  const { issuer, clients, discovery, entra } = looked.inspected;
  const findings = [ok(`${issuer} with ${clients} ${clients === 1 ? 'client' : 'clients'}`)];
  for (const [index, address] of discovery.entries())
    findings.push(await checkDiscovery(address, index === 0 ? issuer : `${issuer}/entra`));
  if (entra !== undefined)
    findings.push(
      (await readJson(entra)) === undefined
        ? warn(`${entra} cannot be read`, 'Hints of Entra cannot be verified: let this machine reach it.')
        : ok(`${entra} can be read`),
    );
  return findings;
}

/** Relying parties begin here: it must be reached under the very address that stands in tokens. */
async function checkDiscovery(address: string, issuer: string): Promise<Finding> {
  const metadata = await readJson(address);
  if (metadata === undefined)
    return warn(`${address} does not answer`, 'Start the bridge, or look from where relying parties are.');
  if (metadata['issuer'] !== issuer)
    return fail(`${address} is of another issuer`, 'Mount the router at the path of `issuer`, on its host.');
  return ok(`${address} answers`);
}

async function readJson(address: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const text = await read(address);
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Readonly<Record<string, unknown>>);
  } catch {
    return undefined;
  }
}
