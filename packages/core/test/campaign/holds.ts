import { race } from '../support/racing.js';

describe('withdrawal, hold, sweep and verification, raced 10,000 times', () => {
  it('R4, R6, R8: never compare without consent, never destroy under hold, never keep past due', async function () {
    this.timeout(0);
    await race(Number(process.env['ASIGNIO_RUNS'] ?? 10_000));
  });
});
