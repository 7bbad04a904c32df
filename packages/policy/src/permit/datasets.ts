import { AsignioError } from '@asignio/contracts';
import { isPrintable } from '../checks.ts';

/** A research data set as registered (R39): what one may measure with, and under what terms. */
export interface ResearchDataset {
  readonly name: string;
  /** Where it is from. */
  readonly source: string;
  readonly licence: string;
  readonly jurisdiction: string;
}

/** @throws AsignioError `ASIGNIO_PURPOSE_FORBIDDEN` for one of which something is not stated. */
export function checkDataset({ name, source, licence, jurisdiction }: ResearchDataset): void {
  if (![name, source, licence, jurisdiction].every((value) => isPrintable(value, 1, 1000)))
    throw new AsignioError(
      'ASIGNIO_PURPOSE_FORBIDDEN',
      'A data set is registered with name, source, licence and jurisdiction',
    );
}
