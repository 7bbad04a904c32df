import { AsignioError } from '@asignio/contracts';
import type { EpochMs } from '@asignio/contracts';
import { isPrintable } from '../checks.ts';
import { DATA_CLASSES } from '../egress/purposes.ts';
import type { DataClass } from '../egress/purposes.ts';
import { isRegion } from '../egress/regions.ts';
import type { Region } from '../egress/regions.ts';

/** A disclosure that no processor and no person asked for: by legal process, or with the company (R16). */
export interface LegalDisclosure {
  readonly kind: 'legal-process' | 'merger';
  /** Of the order, warrant or deal: court and file number. */
  readonly reference: string;
  /** Who gets the data. */
  readonly recipient: string;
  readonly region: Region;
  readonly scope: {
    readonly data: readonly DataClass[];
    /** What of them, in words: `address given at enrolment`. */
    readonly fields: readonly string[];
    /** Why no more than that, in a sentence. */
    readonly because: string;
  };
}

/** Most persons of one disclosure. More are disclosed in parts, each with a scope that somebody looked at. */
export const MOST_DISCLOSED = 1000;
const MOST_FIELDS = 50;

/**
 * Checks that a disclosure is stated in full.
 * @param approved - whether somebody other than the one who asks has approved it
 * @throws AsignioError `ASIGNIO_LEGAL_REFUSED` naming what is missing.
 */
export function checkLegalDisclosure(disclosure: LegalDisclosure, persons: number, approved: boolean): void {
  const { kind, reference, recipient, region, scope } = disclosure ?? {};
  if (kind !== 'legal-process' && kind !== 'merger') throw refused('kind: legal-process or merger');
  if (!isPrintable(reference, 3, 300)) throw refused('reference: of the order or deal, 3-300 printable characters');
  if (!isPrintable(recipient, 2, 200)) throw refused('recipient: who gets the data, 2-200 printable characters');
  if (!isRegion(region)) throw refused('region: where the recipient is, a country of ISO 3166');
  const { data, fields, because } = scope ?? {};
  if (!Array.isArray(data) || data.length === 0 || !data.every((item) => DATA_CLASSES.includes(item as DataClass)))
    throw refused(`scope.data: some of ${DATA_CLASSES.join(', ')}`);
  if (
    !Array.isArray(fields) ||
    fields.length === 0 ||
    fields.length > MOST_FIELDS ||
    !fields.every((field) => isPrintable(field, 1, 100))
  )
    throw refused(`scope.fields: what of them, 1-${MOST_FIELDS} entries`);
  if (!isPrintable(because, 10, 500)) throw refused('scope.because: why no more than that, in a sentence');
  if (!(persons >= 1 && persons <= MOST_DISCLOSED)) throw refused(`subjects: 1-${MOST_DISCLOSED} persons`);
  if (!approved) throw refused('approver: another person than the one who asks must approve');
}

/**
 * Whether the persons were told of a merger before their data go (R16): a notice that says so is in force.
 * @param effectiveAt - of that notice; `undefined` where there is none
 * @throws AsignioError `ASIGNIO_LEGAL_REFUSED`.
 */
export function checkMergerNotice(effectiveAt: EpochMs | undefined, now: EpochMs): void {
  if (effectiveAt === undefined || !(effectiveAt <= now))
    throw refused('notice: the persons must be told first, by a notice that is in force');
}

function refused(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_LEGAL_REFUSED', detail);
}
