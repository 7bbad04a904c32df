import { expect } from 'chai';
import fc from 'fast-check';
import type { AuditEntry, ExportOptions } from '@asignio/core';
import { csvRow } from '#src/audit/csv.js';
import { exportChain } from '#src/audit/export.js';
import { GENESIS } from '#src/audit/entry.js';
import { ADA, TENANT, attempt, codeOf, enrol, grant, makeSystem } from './harness.js';
import type { System } from './harness.js';
import { verify } from './support/chains.js';

/** Reads CSV by the grammar of RFC 4180, section 2, character by character. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    let cell = '';
    if (text[at] === '"') {
      for (at++; ; at++) {
        if (text[at] === undefined) throw new Error('A quote is not closed');
        if (text[at] === '"' && text[at + 1] !== '"') break;
        if (text[at] === '"') at++;
        cell += text[at];
      }
      at++;
    } else while (at < text.length && text[at] !== ',' && text[at] !== '\r') cell += text[at++];
    row.push(cell);
    if (text[at] === ',') at++;
    else if (text.startsWith('\r\n', at)) {
      rows.push(row);
      row = [];
      at += 2;
    } else throw new Error(`Neither a comma nor the end of a row at ${at}`);
  }
  return rows;
}

describe('an export of the audit chain', function () {
  this.timeout(60_000);

  let system: System;
  let all: readonly AuditEntry[];

  before(async () => {
    system = await makeSystem();
    await grant(system.core);
    await enrol(system.core);
    system.clock.advance(1000);
    await attempt(system.core, { who: 'ada' });
    await attempt(system.core, { who: 'mallory' });
    all = await system.core.audit.read(TENANT);
  });

  after(async () => system.dispose());

  const text = async (options: ExportOptions) => {
    let whole = '';
    for await (const piece of system.core.audit.export(TENANT, options)) whole += piece;
    return whole;
  };
  const entries = async (options: Omit<ExportOptions, 'format'>) =>
    (await text({ format: 'jsonl', ...options }))
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as AuditEntry);

  it('in JSON lines is every entry as it is, and can be verified elsewhere', async () => {
    expect(await entries({})).to.deep.equal(all);
    expect(await verify(await text({ format: 'jsonl' }))).to.include({ whole: true, entries: all.length });
  });

  it('in CSV is every entry too, a row each, under a row of names', async () => {
    const [names, ...rows] = parseCsv(await text({ format: 'csv' }));
    expect(names).to.deep.equal(['sequence', 'id', 'at', 'event', 'subject', 'data', 'previous', 'hash']);
    expect(rows).to.have.length(all.length);
    for (const [index, [sequence, , at, event, subject, data]] of rows.entries()) {
      const entry = all[index] as AuditEntry;
      expect([sequence, event]).to.deep.equal([String(entry.sequence), entry.event]);
      expect(Date.parse(at as string)).to.equal(entry.at);
      // A pseudonym may begin with a hyphen.
      expect((subject as string).replace(/^'/, '')).to.equal(entry.subject ?? '');
      expect(JSON.parse(data as string)).to.deep.equal(entry.data);
    }
  });

  it('has what was asked for alone', async () => {
    const late = all.filter(({ at }) => at >= system.clock.now());
    expect(late.length).to.be.within(1, all.length - 1);
    expect(await entries({ from: system.clock.now() })).to.deep.equal(late);
    expect(await entries({ to: system.clock.now() })).to.deep.equal(all.filter((one) => !late.includes(one)));
    expect(
      (await entries({ events: ['verification.rejected', 'key.wrapped'] })).map(({ event }) => event),
    ).to.have.members(['key.wrapped', 'verification.rejected']);
    const ada = all.find(({ event }) => event === 'consent.granted')?.subject as string;
    const own = await entries({ subject: ada });
    expect(own).to.deep.equal(all.filter(({ subject }) => subject === ada));
    expect(own.length).to.be.at.least(4);
    expect(await entries({ subject: ada, events: ['notice.served'] })).to.deep.equal([]);
  });

  it('names nobody: not the host’s id, and not the name under the release', async () => {
    for (const format of ['jsonl', 'csv'] as const) {
      const written = await text({ format });
      expect(written).to.not.contain('Lovelace');
      expect(written).to.not.match(new RegExp(`"?\\b${ADA}\\b"?`));
    }
  });

  it('is refused for what it cannot be, naming the option', async () => {
    for (const [options, named] of [
      [{ format: 'xml' }, 'format'],
      [{ from: 'yesterday' }, 'from'],
      [{ to: 1.5 }, 'to'],
      [{ from: 2, to: 2 }, 'to'],
      [{ events: ['consent.given'] }, 'events'],
      [{ subject: 'ada lovelace' }, 'subject'],
    ] as const) {
      const wrong = { format: 'jsonl', ...options } as unknown as ExportOptions;
      expect(await codeOf(text(wrong))).to.equal('ASIGNIO_REQUEST_INVALID');
      expect(await text(wrong).catch((error: Error) => error.message)).to.contain(`option ${named} `);
    }
  });

  it('tells how far it is', async () => {
    const told: number[][] = [];
    await text({ format: 'csv', onProgress: (done, total) => told.push([done, total]) });
    expect(told).to.deep.equal([[all.length, all.length]]);
  });
});

describe('a row of CSV', function () {
  this.timeout(60_000);

  const cell = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', '=', '+', '-', '@', '\t', "'", 'a', '＝', '＋') }),
  );

  it('reads as what was written, by the grammar of RFC 4180, but for the apostrophe of what looks like a formula', () => {
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { maxLength: 5 }), (rows) => {
        const written = rows.map((row) => csvRow(row)).join('');
        const read = parseCsv(written).map((row) => row.map((one) => one.replace(/^'/, '')));
        expect(read).to.deep.equal(rows);
      }),
    );
  });

  it('holds no cell that a spreadsheet takes for a formula', () => {
    const attacks = ['=1+1', '+1', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '=HYPERLINK("http://evil.example")', '＝1+1'];
    for (const attack of attacks)
      for (const [shown] of parseCsv(csvRow([attack]))) expect(shown).to.match(/^'/).and.to.equal(`'${attack}`);
    fc.assert(
      fc.property(cell, (value) => {
        const [[shown]] = parseCsv(csvRow([value])) as [[string]];
        expect(shown).to.not.match(/^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/);
      }),
    );
  });

  it('holds what an attacker wrote into the chain’s data or ids in one cell', async () => {
    const entry: AuditEntry = {
      sequence: 1,
      id: '=cmd|"/c calc"!A1\r\nnext,row',
      at: 8.64e15 + 1,
      event: 'notice.served',
      subject: '-1+1',
      data: { '=a': '"@b"\n' },
      previous: GENESIS,
      hash: GENESIS,
    };
    async function* pages() {
      yield [entry];
    }
    let written = '';
    for await (const piece of exportChain(pages(), 1, { format: 'csv' })) written += piece;
    const [, row, ...more] = parseCsv(written);
    expect(more).to.deep.equal([]);
    expect(row?.slice(0, 6)).to.deep.equal([
      '1',
      `'${entry.id}`,
      String(entry.at),
      entry.event,
      "'-1+1",
      JSON.stringify(entry.data),
    ]);
  });
});
