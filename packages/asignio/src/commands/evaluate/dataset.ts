import { readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { AsignioError } from '@asignio/contracts';
import { registerDataset } from '@asignio/policy';
import type { RegisteredDataset } from '@asignio/policy';
import type { Values } from '../command.ts';

const FILE = 'dataset.json';
const MAX_BYTES = 64 * 1024;
const UNSTATED = 'not stated';

/**
 * Registers the data set of a folder (R39): as its `dataset.json` states it, and the options of the command anew. What
 * nobody states stands in the report as not stated.
 * @throws AsignioError `ASIGNIO_DATASET_UNREGISTERED` for a file that is none, naming the field.
 */
export async function readDataset(folder: string, values: Values): Promise<RegisteredDataset> {
  const file = await readFileOf(folder);
  const told = (field: string, otherwise: string): string => {
    const value = values[field] ?? file[field] ?? otherwise;
    if (typeof value !== 'string') throw refused(`${field} must be a text`);
    return value;
  };
  return registerDataset({
    name: told('name', basename(resolve(folder))),
    source: told('source', UNSTATED),
    licence: told('licence', UNSTATED),
    jurisdiction: told('jurisdiction', UNSTATED),
  });
}

async function readFileOf(folder: string): Promise<Readonly<Record<string, unknown>>> {
  const path = join(folder, FILE);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return {};
  if (!found.isFile() || found.size > MAX_BYTES) throw refused(`it is a file of at most ${MAX_BYTES} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    throw refused('it is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refused('it is not an object');
  return value as Record<string, unknown>;
}

function refused(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_DATASET_UNREGISTERED', `${FILE}: ${detail}`);
}
