import { readFile } from 'node:fs/promises';
import type { Clock } from '@asignio/contracts';
import { inspectSamlMetadata } from '@asignio/saml';
import { fail, faultOf, ok, warn } from './finding.ts';
import type { Finding } from './finding.ts';

/** Metadata that end sooner than this are to be seen to. */
const SOON_MS = 30 * 86_400_000;

/** Whether a file of SAML metadata can be used, and for how long. */
export async function checkSaml(file: string, clock: Clock): Promise<Finding> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return fail(`${file} cannot be read`, 'Name a file with the metadata of a service provider or identity provider.');
  }
  try {
    const { entityId, role, usableUntil, canBeEncryptedFor, takesLogouts } = inspectSamlMetadata(text, clock.now());
    const abilities = `${canBeEncryptedFor ? ', has a key to encrypt for' : ''}${takesLogouts ? ', takes sign-outs' : ''}`;
    return usable(`${role} ${entityId}${abilities}`, usableUntil, clock);
  } catch (error) {
    return faultOf(error, `${file} cannot be used`);
  }
}

/** How long somebody's metadata can be used. @param until ms since the epoch; `undefined`: nothing in them ends */
export function usable(what: string, until: number | undefined, clock: Clock): Finding {
  if (until === undefined) return ok(`${what}; nothing in it ends`);
  const detail = `${what}; usable until ${new Date(until).toISOString()}`;
  return until - clock.now() > SOON_MS
    ? ok(detail)
    : warn(detail, 'Get its new metadata, and give them to the bridge.');
}
