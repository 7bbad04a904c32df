import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  checkLocationDays,
  coarsePlace,
  LOCATION_DAYS,
  locationScheduleRow,
  nearnessOf,
  placeDue,
} from '@asignio/policy';
import type { Place, Position } from '@asignio/policy';
import { codeOf, HOUR, NOW } from './support/fixtures.js';

const LONDON = { latitude: 51.50735, longitude: -0.12776 };
const DAY = 24 * HOUR;
const degrees = (limit: number) => fc.double({ min: -limit, max: limit, noNaN: true });
const anywhere: fc.Arbitrary<Position> = fc.record({ latitude: degrees(90), longitude: degrees(180) });

describe('a place', () => {
  it('R31: is a position rounded to the middle of its cell, and every position of the cell gives the same', () => {
    const place = coarsePlace(LONDON);
    expect(place).to.deep.equal({ latitude: 51.55, longitude: -0.08 });
    expect(coarsePlace({ latitude: 51.5999, longitude: -0.12 })).to.deep.equal(place);
    expect(Object.keys(place)).to.deep.equal(['latitude', 'longitude']);
  });

  it('R31: is never nearer to what was measured than a grid of kilometres allows, anywhere on earth', () => {
    fc.assert(
      fc.property(anywhere, (position) => {
        const place = coarsePlace(position);
        expect(Math.abs(place.latitude)).to.be.at.most(90);
        expect(Math.abs(place.longitude)).to.be.at.most(180);
        // The middle of a cell is in that cell: rounding again changes nothing.
        expect(coarsePlace(place)).to.deep.equal(place);
      }),
    );
    // 500 steps of about half a kilometre along a parallel cross no more than 26 cells of 11 km.
    for (const latitude of [0, 30, 60, 80, 89]) {
      const step = 0.005 / Math.cos((latitude * Math.PI) / 180);
      const row = Array.from({ length: 500 }, (_, n) => coarsePlace({ latitude, longitude: n * step }).longitude);
      expect(new Set(row).size, `at ${latitude}`).to.be.at.most(26);
    }
  });

  it('R31: is the same on both sides of the date line, and at the pole', () => {
    expect(coarsePlace({ latitude: 0, longitude: 180 })).to.deep.equal(coarsePlace({ latitude: 0, longitude: -180 }));
    const pole = [0, 90, -135, 180].map((longitude) => coarsePlace({ latitude: 90, longitude }));
    expect(nearnessOf(pole[0] as Place, pole.slice(1))).to.equal('familiar');
    const east = coarsePlace({ latitude: -17, longitude: 179.99 });
    const west = coarsePlace({ latitude: -17, longitude: -179.99 });
    expect(nearnessOf(east, [west])).to.equal('familiar');
  });

  it('R31: what is no position is refused, and its value is not repeated', () => {
    for (const wrong of [
      undefined,
      {},
      { latitude: 91, longitude: 0 },
      { latitude: 0, longitude: 181 },
      { latitude: NaN, longitude: 0 },
      { latitude: '51.5', longitude: 0 },
      { latitude: 0, longitude: Infinity },
    ])
      expect(codeOf(() => coarsePlace(wrong as Position))).to.equal('ASIGNIO_REQUEST_INVALID');
  });

  it('is familiar, near or far from earlier ones, by the nearest of them', () => {
    const home = coarsePlace(LONDON);
    const near = coarsePlace({ latitude: 52.2, longitude: 0.12 });
    const far = coarsePlace({ latitude: 40.7, longitude: -74 });
    expect(nearnessOf(home, [])).to.equal('unknown');
    expect(nearnessOf(home, [home])).to.equal('familiar');
    expect(nearnessOf(near, [home])).to.equal('near');
    expect(nearnessOf(far, [home])).to.equal('far');
    expect(nearnessOf(far, [home, far])).to.equal('familiar');
  });

  it('R31: is kept for its own lifetime, and no longer than the consent', () => {
    expect(placeDue(NOW, null, LOCATION_DAYS)).to.equal(NOW + 30 * DAY);
    expect(placeDue(NOW, NOW + DAY, LOCATION_DAYS)).to.equal(NOW + DAY);
    expect(placeDue(NOW, NOW + 90 * DAY, 7)).to.equal(NOW + 7 * DAY);
    for (const days of [0, -1, 1.5, NaN, 367, '30'])
      expect(codeOf(() => checkLocationDays(days as number))).to.equal('ASIGNIO_RETENTION_INVALID');
  });

  it('R10, R31: the public schedule has a row of just that lifetime', () => {
    expect(locationScheduleRow(7)).to.include({ rule: 'location-7-days', days: 7, months: 0, from: 'capture' });
    expect(locationScheduleRow(7).sentence).to.include('7 days');
  });
});
