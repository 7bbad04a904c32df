import { expect } from 'chai';
import { AsignioError } from '@asignio/contracts';
import type { AsignioCore } from '@asignio/core';
import { createLimits } from '#src/guard/limits.js';
import type { Limits } from '#src/guard/limits.js';

const OPTIONS = { ceremonies: 60, changes: 300, reads: 1 };

/** As much of a cabinet as the limits use, on a store that can be switched off. */
class SharedCabinet {
  readonly values = new Map<string, number>();
  calls = 0;
  down = false;

  as(): AsignioCore['cabinet'] {
    return {
      add: async ({ drawer, id }: { drawer: string; id: string }, value: number) => {
        this.touch();
        if (this.values.has(drawer + id)) return false;
        this.values.set(drawer + id, value);
        return true;
      },
      change: async ({ drawer, id }: { drawer: string; id: string }, change: (value: number) => number | undefined) => {
        this.touch();
        const changed = change(this.values.get(drawer + id) ?? 0);
        if (changed !== undefined) this.values.set(drawer + id, changed);
        return changed;
      },
    } as unknown as AsignioCore['cabinet'];
  }

  private touch(): void {
    this.calls++;
    if (this.down) throw new AsignioError('ASIGNIO_STORAGE_UNAVAILABLE');
  }
}

describe('rate limits over several processes', () => {
  let cabinet: SharedCabinet;
  let now: number;
  let processes: readonly Limits[];
  let alone: unknown[];

  beforeEach(() => {
    cabinet = new SharedCabinet();
    now = Date.parse('2026-01-01T00:00:10Z');
    alone = [];
    processes = [1, 2, 3].map(() =>
      createLimits(OPTIONS, cabinet.as(), { now: () => now }, (error) => alone.push(error)),
    );
  });

  /** How many of so many requests, one process after the other, are let through. */
  const passed = async (kind: keyof typeof OPTIONS, count: number, address = '192.0.2.1'): Promise<number> => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: count }, async (_, i) => processes[i % processes.length]?.(kind, address)),
    );
    return outcomes.filter(({ status }) => status === 'fulfilled').length;
  };

  it('let through what one would let through, and never more', async () => {
    expect(await passed('ceremonies', 600)).to.equal(60);
    expect(await passed('ceremonies', 60)).to.equal(0);
    expect(await passed('changes', 1000)).to.equal(300);
    expect(await passed('reads', 9)).to.equal(1);
  });

  it('count each address, class and minute by itself', async () => {
    expect(await passed('ceremonies', 100)).to.equal(60);
    expect(await passed('ceremonies', 100, '192.0.2.2')).to.equal(60);
    expect(await passed('changes', 20)).to.equal(20);
    now += 60_000;
    expect(await passed('ceremonies', 100)).to.equal(60);
  });

  it('say when the minute is over', async () => {
    await passed('reads', 3);
    const error: unknown = await processes[0]?.('reads', '192.0.2.1').catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(AsignioError).and.include({ code: 'ASIGNIO_RATE_LIMITED', retryAfterMs: 50_000 });
  });

  it('ask the store a few times, not for each request', async () => {
    await passed('changes', 300);
    expect(cabinet.calls).to.be.at.most(40);
    const before = cabinet.calls;
    await passed('changes', 3000);
    expect(cabinet.calls - before).to.be.at.most(6);
  });

  it('go on in each process alone where the store does not answer, and together again afterwards', async () => {
    cabinet.down = true;
    expect(await passed('ceremonies', 600)).to.equal(180);
    expect(cabinet.calls).to.equal(3);
    expect(alone).to.have.length(3);
    cabinet.down = false;
    now += 60_000;
    expect(await passed('ceremonies', 600)).to.equal(60);
  });

  it('lose what they had let through neither before nor after the store fails', async () => {
    expect(await passed('ceremonies', 30)).to.equal(30);
    cabinet.down = true;
    expect(await passed('ceremonies', 600)).to.equal(150);
  });
});
