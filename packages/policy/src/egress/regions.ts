import { isOf } from '../checks.ts';

/** ISO 3166: a country, or one of its states: `DE`, `US`, `US-TX`. */
export type Region = string;

const REGION = /^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$/;

/** Whether a value is a country or a state of one. */
export function isRegion(value: unknown): value is Region {
  return isOf(REGION, value);
}

/** `US` of `US-TX`. */
export function countryOf(region: Region): string {
  return region.slice(0, 2);
}

/** Whether one region lies in another: `US-TX` in `US`, and each in itself. */
export function isWithin(region: Region, other: Region): boolean {
  return region === other || region.startsWith(`${other}-`);
}

/** Whether somebody of this region may be of that place: a region that holds the place may. */
export function mayBeOf(region: Region, place: Region): boolean {
  return isWithin(region, place) || isWithin(place, region);
}

/** The European Economic Area (GDPR; EEA Joint Committee Decision 154/2018). */
export const EEA: readonly Region[] =
  'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK'.split(' ');

/** Whether a region is in the European Economic Area. */
export function isInEea(region: Region): boolean {
  return EEA.includes(countryOf(region));
}
