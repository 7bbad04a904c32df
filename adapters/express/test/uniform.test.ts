import { uniformly } from '#src/guard/uniform.js';
import { AsignioError } from '@asignio/contracts';
import { expect } from 'chai';
import fc from 'fast-check';
import { startHost } from './support/app.js';
import type { Host } from './support/app.js';
import { FakeTimer } from './support/fake-timer.js';

const SIGN_IN = { kind: 'verification', modalities: ['signature'], subject: 'ada' };

describe('answers that must not differ in time', () => {
  it('leave at the next multiple of the step, whatever the work took and however it ended', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0, max: 1_000, noNaN: true }),
        fc.integer({ min: 1, max: 500 }),
        fc.boolean(),
        async (takes, step, fails) => {
          const timer = new FakeTimer();
          const begun = timer.now();
          const work = async (): Promise<string> => {
            timer.advance(takes);
            if (fails) throw new Error('failed');
            return 'done';
          };
          const outcome = await uniformly(timer, step, work).catch((error: Error) => error.message);
          expect(outcome).to.equal(fails ? 'failed' : 'done');
          const steps = (timer.now() - begun) / step;
          expect(Math.abs(steps - Math.round(steps))).to.be.below(1e-6);
          expect(Math.round(steps)).to.equal(Math.max(1, Math.ceil(takes / step)));
        },
      ),
    );
  });

  describe('over HTTP', () => {
    let host: Host;
    beforeEach(async () => {
      host = await startHost({ uniformMs: 80 });
    });
    afterEach(() => host.close());

    /** Takes the core `ms` for each call named, and returns when the answer left, counted from the core's call. */
    const timed = async (call: string, ms: number, act: () => Promise<unknown>): Promise<number> => {
      let entered = 0;
      host.core.script.inside = (name) => {
        if (name !== call) return;
        entered = host.timer.now();
        host.timer.advance(ms);
      };
      await act();
      delete host.core.script.inside;
      return host.timer.now() - entered;
    };

    it('are those of a sample and of a completion, accepted or not', async () => {
      for (const [takes, leaves] of [
        [1, 80],
        [79, 80],
        [81, 160],
      ] as const)
        for (const failure of [undefined, new AsignioError('ASIGNIO_NOT_VERIFIED')]) {
          const { id, cookie } = await host.begin(SIGN_IN);
          expect(await timed('submit', takes, () => host.sample(id, cookie))).to.equal(leaves);
          if (failure !== undefined) host.core.script.complete = failure;
          const complete = () =>
            host.page('POST', `/asignio/ceremonies/${id}/complete`, { json: {}, headers: { cookie } });
          expect(await timed('complete', takes, complete)).to.equal(leaves);
          delete host.core.script.complete;
        }
    });

    it('are those of a beginning, known name or not', async () => {
      for (const takes of [1, 60]) expect(await timed('begin', takes, () => host.begin(SIGN_IN))).to.equal(80);
    });
  });
});
