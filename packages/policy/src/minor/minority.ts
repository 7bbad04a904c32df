import { AsignioError } from '@asignio/contracts';
import type { EpochMs } from '@asignio/contracts';
import type { ConsentRecord } from '../consent/record.ts';
import type { Standing } from '../permit/standing.ts';
import { ageBand, isMinor } from './age.ts';
import type { AgeBand, AgeStatement } from './age.ts';

/** A subject who is known to be under 16. */
export interface Minority {
  readonly band: AgeBand;
  /** Pseudonym of the verified guardian who stands for them now; `null` without one. */
  readonly guardian: string | null;
}

/** Who is about to agree, and what is known of their age. */
export interface Consenting {
  /** What the host says with the release. */
  readonly statement: AgeStatement | undefined;
  /** What was learnt before; `null` for nothing. */
  readonly known: Minority | null;
  /** Whether nobody agrees whose age was not stated. */
  readonly required: boolean;
}

/**
 * R34: whether a person can agree by themselves.
 * @returns the band that was stated; `undefined` where none was
 * @throws AsignioError `ASIGNIO_MINOR_BLOCKED` under 16; `ASIGNIO_AGE_REQUIRED` where it must be known and is not;
 * `ASIGNIO_REQUEST_INVALID` for a statement that is none.
 */
export function checkConsenting({ statement, known, required }: Consenting, now: EpochMs): AgeBand | undefined {
  const band = statement === undefined ? undefined : ageBand(statement, now);
  if (band === undefined ? known !== null : isMinor(band)) throw new AsignioError('ASIGNIO_MINOR_BLOCKED');
  if (band === undefined && required) throw new AsignioError('ASIGNIO_AGE_REQUIRED');
  return band;
}

/** The standing of somebody with what is known of their age: a minor whom nobody stands for can do nothing. */
export function standingWith(standing: Standing, minority: Minority | null): Standing {
  return { ...standing, minorAlone: standing.minorAlone || (minority !== null && minority.guardian === null) };
}

/**
 * R34: the consents that count: of a minor those of the guardian who stands for them now, and of anybody else their own.
 * So what a guardian agreed to ends when the guardian does, and when the person is 16 and must agree for themselves.
 */
export function consentsThatCount(
  consents: readonly ConsentRecord[],
  minority: Minority | null,
): readonly ConsentRecord[] {
  const by = minority?.guardian ?? null;
  return consents.filter(({ guardian }) => guardian === by);
}
