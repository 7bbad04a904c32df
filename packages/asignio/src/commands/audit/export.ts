import { AUDIT_EVENTS } from '@asignio/contracts';
import type { AuditEventName } from '@asignio/contracts';
import type { ExportOptions } from '@asignio/core';
import { usage } from '../command.ts';
import type { Command, Values } from '../command.ts';
import { Progress } from '../progress.ts';
import { writeText } from './files.ts';
import type { Written } from './files.ts';
import { CHAIN_OPTIONS, tenantOption, withAudit } from './place.ts';

/** `asignio audit export`: the chain, or a part of it, as a file. */
export const auditExport: Command = {
  name: 'audit export',
  summary:
    'Writes the audit chain, or the part of it that is asked for, as JSON lines or CSV. Names people by pseudonym alone.',
  options: {
    ...CHAIN_OPTIONS,
    format: { type: 'string', value: 'jsonl|csv', help: 'JSON lines, which can be verified, or CSV', default: 'jsonl' },
    out: { type: 'string', value: 'FILE', help: 'file to write (default: standard output)' },
    from: { type: 'string', value: 'TIME', help: 'entries from then on: 2026-01-31, 2026-01-31T12:00:00Z' },
    to: { type: 'string', value: 'TIME', help: 'entries before then' },
    event: { type: 'string', value: 'EVENT', help: 'one event, or several with commas between: consent.granted' },
    subject: { type: 'string', value: 'PSEUDONYM', help: 'entries about one subject' },
    jwks: { type: 'string', value: 'FILE', help: 'also write the public keys that checkpoints verify with' },
  },
  notes:
    'Only an export of all, in JSON lines, can be verified: asignio audit verify --file FILE. Hand its checkpoints along (DIR/checkpoints).\n' +
    'In CSV a cell that a spreadsheet would take for a formula begins with an apostrophe.',
  async run(values, terminal) {
    const tenant = tenantOption(values);
    const out = values['out'] === undefined ? undefined : String(values['out']);
    const progress = new Progress(terminal, 'Exporting');
    const options = { ...exportOptions(values), onProgress: (done: number, total: number) => progress.at(done, total) };
    const jwks = values['jwks'];
    let written: Written;
    try {
      written = await withAudit(values, { keys: jwks !== undefined }, async (opened) => {
        if (jwks !== undefined) {
          const keys = `${JSON.stringify(await opened.publicKeys(tenant), undefined, 2)}\n`;
          await writeText(each(keys), String(jwks), terminal);
        }
        return writeText(opened.audit.export(tenant, options), out, terminal);
      });
    } finally {
      progress.finish();
    }
    const { bytes, sha256 } = written;
    terminal.err(
      `${out ?? 'standard output'}: ${new Intl.NumberFormat('en').format(bytes)} bytes, SHA-256 ${sha256}\n`,
    );
    return 0;
  },
};

function exportOptions(values: Values): ExportOptions {
  const { format, event, subject } = values;
  if (format !== 'jsonl' && format !== 'csv') throw usage('--format must be jsonl or csv');
  const events = event === undefined ? undefined : String(event).split(',');
  const known: readonly string[] = AUDIT_EVENTS;
  const unknown = events?.find((name) => !known.includes(name));
  if (unknown !== undefined) throw usage(`--event: there is no event ${JSON.stringify(unknown)}`);
  if (subject !== undefined && !/^[\w-]{1,64}$/.test(String(subject))) throw usage('--subject must be a pseudonym');
  const [from, to] = [timeOption(values, 'from'), timeOption(values, 'to')];
  if (from !== undefined && to !== undefined && from >= to) throw usage('--to must be after --from');
  return {
    format,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(events === undefined ? {} : { events: events as AuditEventName[] }),
    ...(subject === undefined ? {} : { subject: String(subject) }),
  };
}

/** A day (from midnight, UTC) or a moment with its zone: one without would mean another time on another machine. */
const TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;

function timeOption(values: Values, name: string): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const time = Date.parse(String(text));
  if (!TIME.test(String(text)) || Number.isNaN(time))
    throw usage(`--${name} must be a day or a moment such as 2026-01-31T12:00:00Z`);
  return time;
}

async function* each(text: string): AsyncGenerator<string> {
  yield text;
}
