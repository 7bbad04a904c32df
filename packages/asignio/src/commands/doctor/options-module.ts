import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AsignioError } from '@asignio/contracts';
import { DEFAULT_PROFILES, nist63b4 } from '@asignio/core';
import type { AssuranceLevels, AssuranceProfile } from '@asignio/core';
import { fail, faultOf } from './finding.ts';
import type { Finding } from './finding.ts';

const PATIENCE_MS = 5_000;

/** What a module of options may export. */
interface OptionsModule {
  readonly default?: unknown;
  /** Assurance profiles, where the system has others than its own. */
  readonly assurance?: readonly AssuranceProfile[];
}

/**
 * Loads a module of a bridge's options and has them looked at.
 * @param whose what is given them, for the remedy
 * @returns what was found, or why they cannot be used
 */
export async function inspectModule<I>(
  file: string,
  whose: string,
  inspect: (options: never, levels: AssuranceLevels) => Promise<I>,
): Promise<{ readonly inspected: I } | { readonly fault: Finding }> {
  try {
    const { default: options, assurance = [...DEFAULT_PROFILES, nist63b4()] } = (await import(
      pathToFileURL(resolve(file)).href
    )) as OptionsModule;
    if (options === undefined)
      return {
        fault: fail(`${file} exports no options`, `Export what ${whose} is given: \`export default { ... }\`.`),
      };
    return { inspected: await inspect(options as never, { profiles: assurance, obstacles: () => [] }) };
  } catch (error) {
    if (error instanceof AsignioError) return { fault: faultOf(error, `${file} cannot be used`) };
    const detail = `${file} cannot be loaded: ${(error as Error).message}`;
    return { fault: fail(detail, 'Name a module that exports the options.') };
  }
}

/** What an address of a bridge answers; `undefined` where it does not. */
export async function read(address: string): Promise<string | undefined> {
  try {
    const response = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(PATIENCE_MS) });
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}
