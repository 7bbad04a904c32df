import { AsignioError } from '@asignio/contracts';
import type { DataClass } from './purposes.ts';
import { mayBeOf } from './regions.ts';
import type { Region } from './regions.ts';

/** Data of persons of a place that do not go to vendors, whatever was agreed, unless the controller lifts it knowingly. */
export interface EgressRestriction {
  readonly id: string;
  readonly place: Region;
  readonly data: readonly DataClass[];
  /** The text that it follows. */
  readonly source: string;
}

export const EGRESS_RESTRICTIONS: readonly EgressRestriction[] = [
  {
    id: 'texas-face-voice',
    place: 'US-TX',
    data: ['face', 'voice'],
    // Disclosure of a record of face geometry or a voiceprint is allowed for four narrow purposes alone.
    source: 'Tex. Bus. & Com. Code §503.001(c)(1)',
  },
];

/**
 * Whether a vendor may get these data of a person of this place. A person of whom only the country is known may be of any
 * of its states.
 *
 * @param lifted - ids of restrictions that the agreement lifts, with the reason recorded there
 * @throws AsignioError `ASIGNIO_TRANSFER_REFUSED`.
 */
export function checkRestrictions(data: readonly DataClass[], place: Region, lifted: readonly string[]): void {
  const stands = EGRESS_RESTRICTIONS.find(
    (restriction) =>
      !lifted.includes(restriction.id) &&
      mayBeOf(place, restriction.place) &&
      data.some((item) => restriction.data.includes(item)),
  );
  if (stands !== undefined)
    throw new AsignioError(
      'ASIGNIO_TRANSFER_REFUSED',
      `Data of persons of ${stands.place} do not go to vendors (${stands.id})`,
    );
}
