import { killAndRestart } from '../support/killing.js';

describe('a demo that is killed (kill -9) at random moments, the long run', () => {
  it('has lost and doubled no decision, count, consent or audit entry after 200 restarts', async () => {
    await killAndRestart(200, 2);
  }).timeout(30 * 60_000);
});
