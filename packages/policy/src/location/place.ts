import { AsignioError } from '@asignio/contracts';

/** Where a device says that it is, degrees. */
export interface Position {
  readonly latitude: number;
  readonly longitude: number;
}

/** The middle of a cell of the grid, degrees. All that is ever kept or told of a position. */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

/**
 * Height of a cell, degrees of latitude: about 11 km. Far coarser than what Cal. Civ. Code §1798.140(w) calls precise (a
 * radius of 1,850 feet, 564 m), and enough to tell a sign-in from another country from one at home.
 */
const CELL_DEGREES = 0.1;
/** Mean radius, km (IUGG; Moritz 2000). */
const EARTH_RADIUS_KM = 6371.0088;
/** Up to here a place is a known one: the same cell, or one that touches it. */
const FAMILIAR_KM = 25;
/** Up to here it is in the neighbourhood: a day's commute. */
const NEAR_KM = 150;

/** How a place lies to those of earlier sign-ins. `unknown`: there is none to compare with. */
export const NEARNESS = ['familiar', 'near', 'far', 'unknown'] as const;
export type Nearness = (typeof NEARNESS)[number];

/**
 * R31: rounds a position to the middle of its cell, about 11 km wide and high wherever it is: towards the poles, where
 * meridians meet, cells span more degrees. What is rounded away can be got back by nobody.
 *
 * @throws AsignioError `ASIGNIO_REQUEST_INVALID` for what is no position.
 * @example
 * ```ts
 * coarsePlace({ latitude: 51.50735, longitude: -0.12776 }); // { latitude: 51.55, longitude: -0.08 }
 * ```
 */
export function coarsePlace(position: Position): Place {
  const { latitude, longitude } = position ?? {};
  if (!isWithin(latitude, 90) || !isWithin(longitude, 180))
    throw new AsignioError(
      'ASIGNIO_REQUEST_INVALID',
      'position: latitude is of -90 to 90 degrees, longitude of -180 to 180',
    );
  // The northernmost row reaches the pole itself.
  const row = Math.min(Math.floor((latitude + 90) / CELL_DEGREES), ROWS - 1);
  const middle = (row + 0.5) * CELL_DEGREES - 90;
  const columns = Math.max(1, Math.floor((360 / CELL_DEGREES) * Math.cos(radians(middle))));
  // 180 degrees east and west are one meridian.
  const column = Math.floor(((longitude + 180) / 360) * columns) % columns;
  return { latitude: rounded(middle), longitude: rounded(((column + 0.5) / columns) * 360 - 180) };
}

const ROWS = Math.round(180 / CELL_DEGREES);

/** R31: how a place lies to earlier ones, in a word. */
export function nearnessOf(place: Place, earlier: readonly Place[]): Nearness {
  if (earlier.length === 0) return 'unknown';
  const nearest = Math.min(...earlier.map((other) => distanceKm(place, other)));
  if (nearest <= FAMILIAR_KM) return 'familiar';
  return nearest <= NEAR_KM ? 'near' : 'far';
}

/** Along a great circle, by the haversine formula (Sinnott 1984). */
function distanceKm(a: Place, b: Place): number {
  const half = (from: number, to: number) => Math.sin(radians(to - from) / 2) ** 2;
  const { cos } = Math;
  const h =
    half(a.latitude, b.latitude) + cos(radians(a.latitude)) * cos(radians(b.latitude)) * half(a.longitude, b.longitude);
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}

function isWithin(value: unknown, limit: number): value is number {
  return typeof value === 'number' && Math.abs(value) <= limit;
}

/** Two decimals say all that the middle of a cell has to say. */
function rounded(degrees: number): number {
  return Math.round(degrees * 100) / 100;
}
