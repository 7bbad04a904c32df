import { race } from './support/racing.js';

describe('withdrawal, hold, sweep and verification, raced against one another', () => {
  it('R4, R6, R8: never compare without consent, never destroy under hold, never keep past due', async function () {
    this.timeout(180_000);
    await race(Number(process.env['ASIGNIO_RUNS'] ?? 200));
  });
});
