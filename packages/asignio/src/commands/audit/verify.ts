import { AsignioError } from '@asignio/contracts';
import type { TenantId } from '@asignio/contracts';
import { inspectExport } from '@asignio/core';
import type { AuditReport } from '@asignio/core';
import { usage } from '../command.ts';
import type { Command, Values } from '../command.ts';
import { Progress } from '../progress.ts';
import type { Terminal } from '../terminal.ts';
import { bytesOf, checkpointLines, keySet } from './files.ts';
import { CHAIN_OPTIONS, tenantOption, withAudit } from './place.ts';
import { showReport } from './report.ts';

/** `asignio audit verify`: whether the chain is whole, and where it is not. */
export const auditVerify: Command = {
  name: 'audit verify',
  summary:
    'Verifies the audit chain: its own hashes, and the signed checkpoints of the second place. Says what was edited, deleted, moved, cut off or rewritten, and where.',
  options: {
    ...CHAIN_OPTIONS,
    file: { type: 'string', value: 'EXPORT', help: 'verify an export in JSON lines instead of a store' },
    checkpoints: { type: 'string', value: 'FILE', help: 'checkpoints to verify by (default: those in --data)' },
    jwks: {
      type: 'string',
      value: 'FILE',
      help: 'public keys to verify checkpoints with (default: those of the store)',
    },
    partial: { type: 'boolean', help: 'the checkpoints are an older copy: newer ones may be missing' },
    json: { type: 'boolean', help: 'write what was found as JSON' },
  },
  notes:
    'Works beside a running system, and with --file without one. Exits with 0 if the chain is whole, 1 if it is not, 2 for wrong usage.\n' +
    'Two files of checkpoints are verified as one: cat older.jsonl newer.jsonl > all.jsonl',
  async run(values, terminal) {
    const tenant = tenantOption(values);
    const progress = new Progress(terminal, 'Verifying');
    let report: AuditReport;
    try {
      report = await (values['file'] === undefined ? ofStore : ofFile)(tenant, values, progress);
    } finally {
      progress.finish();
    }
    show(report, values, terminal);
    return report.whole ? 0 : 1;
  },
};

async function ofStore(tenant: TenantId, values: Values, progress: Progress): Promise<AuditReport> {
  const { checkpoints, jwks } = values;
  const lines = checkpoints === undefined ? undefined : await checkpointLines(String(checkpoints));
  const keys = jwks === undefined ? undefined : await keySet(String(jwks));
  const report = await withAudit(values, { keys: keys === undefined }, async ({ audit }) =>
    audit.inspect(tenant, {
      partial: values['partial'] === true,
      onProgress: (done, total) => progress.at(done, total),
      ...(lines === undefined ? {} : { checkpoints: each(lines) }),
      ...(keys === undefined ? {} : { keys }),
    }),
  );
  if (report.entries === 0 && report.whole)
    throw new AsignioError('ASIGNIO_NOT_FOUND', `There is no entry in the chain of the tenant ${tenant}`);
  return report;
}

async function ofFile(tenant: TenantId, values: Values, progress: Progress): Promise<AuditReport> {
  const { file, checkpoints, jwks } = values;
  if ((checkpoints === undefined) !== (jwks === undefined))
    throw usage('--file takes --checkpoints and --jwks together, or neither');
  return inspectExport({
    bytes: bytesOf(String(file), progress),
    partial: values['partial'] === true,
    ...(checkpoints === undefined
      ? {}
      : {
          checkpoints: {
            tenant,
            lines: await checkpointLines(String(checkpoints)),
            keys: await keySet(String(jwks)),
          },
        }),
  });
}

function show(report: AuditReport, values: Values, terminal: Terminal): void {
  if (values['json'] === true) terminal.out(`${JSON.stringify(report, undefined, 2)}\n`);
  else showReport(report, terminal);
}

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}
