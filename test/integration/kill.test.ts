import { killAndRestart } from '../support/killing.js';

describe('a demo that is killed (kill -9) at random moments', () => {
  it('has lost and doubled no decision, count, consent or audit entry after 12 restarts', async () => {
    await killAndRestart(12, 1);
  }).timeout(180_000);
});
