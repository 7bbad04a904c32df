import type { AuditFault, AuditReport } from '@asignio/core';
import { paint } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

/** Faults that are shown; more scroll the first one away. */
const SHOWN = 20;

const count = new Intl.NumberFormat('en');

/** What a verification found, in sentences. */
export function showReport(report: AuditReport, terminal: Terminal): void {
  const line = (status: 'ok' | 'warn' | 'fail', text: string) =>
    terminal.out(`${paint(terminal, COLOURS[status], status.padEnd(4))}  ${text}\n`);
  for (const fault of report.faults.slice(0, SHOWN)) line('fail', `${placeOf(fault)}  ${fault.detail}`);
  const hidden = report.faultCount - Math.min(report.faults.length, SHOWN);
  if (hidden > 0) line('fail', `${count.format(hidden)} more; --json has the first hundred`);
  if (report.whole) line('ok', `${entries(report.entries)}, each as its hash says and after the one before`);
  else terminal.out('      Keep the store and the checkpoints as they are, and investigate.\n');
  const { checkpoints } = report;
  if (checkpoints === null || checkpoints.count === 0) {
    line(
      'warn',
      'no checkpoints to verify by: an end that was cut off, or a chain rewritten as a whole, would not show',
    );
    return;
  }
  const signed = `${count.format(checkpoints.count)} signed checkpoint${checkpoints.count === 1 ? '' : 's'}`;
  const at = checkpoints.at === null ? '' : `, the newest of ${new Date(checkpoints.at).toISOString()}`;
  if (report.whole)
    line('ok', `${signed}${at}: what they saw, up to entry ${count.format(checkpoints.upTo)}, is what is there`);
  const newer = report.entries - checkpoints.upTo;
  if (report.whole && newer > 1)
    line('warn', `${entries(newer)} since then: proved by their own hashes alone until the next checkpoint`);
}

const COLOURS = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

function placeOf({ sequence, upTo }: AuditFault): string {
  return (upTo === undefined || upTo === sequence ? `entry ${sequence}` : `entries ${sequence}-${upTo}`).padEnd(16);
}

function entries(number: number): string {
  return `${count.format(number)} ${number === 1 ? 'entry' : 'entries'}`;
}
