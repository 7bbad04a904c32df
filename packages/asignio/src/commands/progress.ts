import type { Terminal } from './terminal.ts';

const BAR = 24;
/** ms between two drawings of the line. */
const EVERY_MS = 100;

/** A bar on standard error, written over in place; nothing at all where that is not a terminal. */
export class Progress {
  private readonly terminal: Terminal;
  private readonly label: string;
  private total: number;
  private readonly startedAt = performance.now();
  private drawnAt = Number.NEGATIVE_INFINITY;
  private done = 0;

  constructor(terminal: Terminal, label: string, total = 0) {
    this.terminal = terminal;
    this.label = label;
    this.total = total;
  }

  /** One more is done. */
  step(): void {
    this.at(this.done + 1);
  }

  /** So many are done, of so many; `note` says what it waits for. */
  at(done: number, total = this.total, note?: string): void {
    this.done = done;
    this.total = total;
    if (!this.terminal.progress) return;
    const now = performance.now();
    if (now - this.drawnAt < EVERY_MS && this.done < this.total) return;
    this.drawnAt = now;
    const label = note === undefined ? this.label : `${this.label}, ${note}`;
    this.terminal.err(
      `\r\u001B[K${progressLine(label, this.done, this.total, now - this.startedAt, this.terminal.columns)}`,
    );
  }

  /** Removes the bar. */
  finish(): void {
    if (this.terminal.progress) this.terminal.err('\r\u001B[K');
  }
}

/** `Comparing [######------]  50 %  5,400 of 10,800, 12 s left`, cut to the terminal's width. */
export function progressLine(label: string, done: number, total: number, elapsedMs: number, columns: number): string {
  const part = total === 0 ? 1 : done / total;
  const filled = Math.round(BAR * part);
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(BAR - filled)}]`;
  const left = done === 0 ? '' : `, ${Math.ceil((elapsedMs / done) * (total - done) * 1e-3)} s left`;
  const count = new Intl.NumberFormat('en');
  return `${label} ${bar} ${String(Math.floor(100 * part)).padStart(3)} %  ${count.format(done)} of ${count.format(total)}${left}`.slice(
    0,
    Math.max(0, columns - 1),
  );
}
