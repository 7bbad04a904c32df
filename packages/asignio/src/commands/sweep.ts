import { AsignioError } from '@asignio/contracts';
import { openRetentionSweeper } from '@asignio/core';
import type { SweepItem, SweepReport } from '@asignio/core';
import { createEngine } from '@asignio/engine';
import { PLACE_OPTIONS, placeOfCommand } from '../place/place.ts';
import type { Command } from './command.ts';
import { Progress } from './progress.ts';
import { paint, table } from './terminal.ts';
import type { Terminal } from './terminal.ts';

/** `asignio sweep`: what the retention rules ask for, now. */
export const sweep: Command = {
  name: 'sweep',
  summary: 'Destroys what is due by the retention rules that the system of this store last ran with.',
  options: {
    ...PLACE_OPTIONS,
    'dry-run': { type: 'boolean', help: 'say what would be destroyed and why; change nothing' },
    list: { type: 'boolean', help: 'a line for each subject: tenant, pseudonym, rule, due date' },
    'confirm-clock': { type: 'boolean', help: 'the clock is right, however far it is from the last sweep' },
    json: { type: 'boolean', help: 'write the report as JSON, the list as JSON lines before it' },
  },
  notes:
    'A running system sweeps by itself, every minute. This may run beside it; what is under legal hold is kept.\n' +
    'Copies that vendors hold are destroyed by the system, whose plugins know how to.\n' +
    'Exits with 1 if something failed, another process was sweeping, or the clock cannot be right.',
  async run(values, terminal) {
    const { storage, keys, checkpoints } = await placeOfCommand(values);
    const json = values['json'] === true;
    const errors = new Map<string, number>();
    const sweeper = await openRetentionSweeper({
      storage,
      keys,
      ...(checkpoints === undefined ? {} : { checkpoints }),
      engine: (permits) => createEngine({ permits, workers: 1 }),
      onSweepError: (error) => {
        const code = error instanceof AsignioError ? `${error.message} (${error.code})` : 'A fault of ours';
        errors.set(code, (errors.get(code) ?? 0) + 1);
      },
    });
    const progress = new Progress(terminal, 'Sweeping');
    let report: SweepReport;
    try {
      report = await sweeper.sweep({
        dryRun: values['dry-run'] === true,
        confirmClock: values['confirm-clock'] === true,
        ...(terminal.progress ? { onProgress: ({ kind, done, total }) => progress.at(done, total, `${kind}s`) } : {}),
        ...(values['list'] === true ? { onItem: (item) => list(item, json, terminal) } : {}),
      });
    } finally {
      progress.finish();
      await sweeper.close();
    }
    if (json) terminal.out(`${JSON.stringify(report, undefined, 2)}\n`);
    else show(report, terminal);
    for (const [message, count] of errors)
      terminal.err(`${paint(terminal, 'red', 'error')}  ${message}${count > 1 ? `, ${count} times` : ''}\n`);
    return report.ran && report.clock === 'right' && report.failed === 0 ? 0 : 1;
  },
};

const VERBS = {
  destroy: ['destroyed', 'destroy'],
  hold: ['held', 'hold'],
  expire: ['expired', 'expire'],
  finish: ['finished', 'finish'],
} as const satisfies Record<SweepItem['action'], unknown>;

function list(item: SweepItem, json: boolean, terminal: Terminal): void {
  if (json) return terminal.out(`${JSON.stringify(item)}\n`);
  if (item.kind !== 'subject') return;
  const due = new Date(item.due).toISOString().slice(0, 10);
  terminal.out(`${VERBS[item.action][1].padEnd(7)}  ${item.tenant}  ${item.id}  ${item.rule ?? '-'}  due ${due}\n`);
}

function show(report: SweepReport, terminal: Terminal): void {
  if (!report.ran) {
    terminal.out('Another process is sweeping.\n');
    return;
  }
  const rows: readonly (readonly [string, number])[] = [
    [report.dryRun ? 'subjects that would be destroyed' : 'subjects destroyed', report.destroyed],
    [report.dryRun ? 'subjects due, kept by a legal hold' : 'subjects found due, kept by a legal hold', report.held],
    [report.dryRun ? 'destructions to go on with' : 'destructions finished', report.finished],
    [
      report.dryRun ? 'other records that would go' : 'due dates brought up to date',
      report.dryRun ? report.expired : report.recounted,
    ],
    ['waiting, since the clock cannot be right', report.waiting],
    ['failed', report.failed],
  ];
  terminal.out(table(rows.map(([name, count]) => [name, String(count)])));
}
