import { AsignioError } from '@asignio/contracts';
import { isPrintable } from '../checks.ts';

/** A research data set as it is stated (R39): what one may measure with, and under what terms. */
export interface ResearchDataset {
  readonly name: string;
  /** Where it is from. */
  readonly source: string;
  readonly licence: string;
  /** Whose law it falls under. */
  readonly jurisdiction: string;
}

declare const registered: unique symbol;

/** A data set that is registered: only {@link registerDataset} makes one, and only it is let in. */
export interface RegisteredDataset extends ResearchDataset {
  readonly [registered]: true;
}

const KNOWN = new WeakSet<object>();

/**
 * Registers a data set for this process: nothing is loaded before (R39).
 * @throws AsignioError `ASIGNIO_DATASET_UNREGISTERED` for one of which something is not stated.
 * @example
 * ```ts
 * const dataset = registerDataset({ name: 'SVC2004', source: 'svc2004.example', licence: 'research', jurisdiction: 'HK' });
 * permits.issueEvaluation({ dataset, model: 'u1', modality: 'signature' });
 * ```
 */
export function registerDataset({ name, source, licence, jurisdiction }: ResearchDataset): RegisteredDataset {
  if (![name, source, licence, jurisdiction].every((value) => isPrintable(value, 1, 1000)))
    throw new AsignioError(
      'ASIGNIO_DATASET_UNREGISTERED',
      'A data set is registered with name, source, licence and jurisdiction',
    );
  const entry = Object.freeze({ name, source, licence, jurisdiction }) as RegisteredDataset;
  KNOWN.add(entry);
  return entry;
}

/**
 * Whether a data set was registered here: a look-alike is none.
 * @throws AsignioError `ASIGNIO_DATASET_UNREGISTERED`.
 */
export function checkRegistered(dataset: RegisteredDataset): void {
  if (typeof dataset !== 'object' || dataset === null || !KNOWN.has(dataset))
    throw new AsignioError('ASIGNIO_DATASET_UNREGISTERED');
}
