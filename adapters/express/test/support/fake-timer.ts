import type { Timer } from '@asignio/express';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** Time that passes when a test says so; or, while `instant`, as soon as somebody sleeps. */
export class FakeTimer implements Timer {
  instant = true;
  /** What was slept for, in order, ms. */
  readonly slept: number[] = [];
  private at = 1_000;
  private sleepers: Sleeper[] = [];

  now(): number {
    return this.at;
  }

  /** Deadlines (anything of seconds) wait for `advance` even while `instant`: they are not meant to pass. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.slept.push(ms);
    if (this.instant && ms < 1_000) {
      this.at += ms;
      return new Promise((resolve) => setImmediate(resolve));
    }
    return new Promise((resolve) => {
      const wake = (): void => {
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.sleepers.push({ until: this.at + ms, wake });
      signal?.addEventListener('abort', wake);
    });
  }

  advance(ms: number): void {
    this.at += ms;
    const due = this.sleepers.filter((sleeper) => sleeper.until <= this.at);
    this.sleepers = this.sleepers.filter((sleeper) => sleeper.until > this.at);
    for (const { wake } of due) wake();
  }
}
