import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { AUDIT_EVENTS } from '@asignio/contracts';
import { ROOT } from '../support/demo.js';

interface Row {
  readonly number: number;
  readonly behaviour: string;
  readonly events: readonly string[];
}
type Source = readonly { readonly file: string; readonly text: string }[];
type Found = ReadonlyMap<
  number,
  readonly { readonly file: string; readonly title?: string; readonly symbol?: string }[]
>;
interface Generator {
  readonly COMMAND: string;
  readonly REQUIREMENTS: readonly Row[];
  readTree(): Promise<{ readonly tests: Found; readonly code: Found }>;
  testsOf(sources: Source): Found;
  codeOf(sources: Source): Found;
  renderRequirements(rows: readonly Row[], tests: Found, code: Found): string;
}

describe('the page of requirements', () => {
  let page: Generator;
  let tests: Found;
  let code: Found;

  before(async () => {
    page = (await import(new URL('file://' + join(ROOT, 'scripts/docs-requirements.mjs')).href)) as Generator;
    ({ tests, code } = await page.readTree());
  });

  it('has a row for each of the 42 promises, and every event that one names is of the catalogue', () => {
    expect(page.REQUIREMENTS.map(({ number }) => number)).to.deep.equal(Array.from({ length: 42 }, (_, i) => i + 1));
    const known: readonly string[] = AUDIT_EVENTS;
    for (const { number, behaviour, events } of page.REQUIREMENTS) {
      expect(behaviour, `R${number}`).to.match(/^\S.+\.$/);
      for (const event of events) expect(known, `R${number}`).to.include(event);
    }
  });

  it('has a test and a place in the code in every row', () => {
    const lacking = page.REQUIREMENTS.map(({ number }) => number).filter(
      (number) => !tests.has(number) || !code.has(number),
    );
    expect(lacking, 'rows that lost their last test (a title beginning `R<n>:`) or code (a comment)').to.deep.equal([]);
  });

  it('is what the tests and the code say', async () => {
    const written = await readFile(join(ROOT, 'docs/requirements.md'), 'utf8');
    const wanted = page.renderRequirements(page.REQUIREMENTS, tests, code);
    expect(written === wanted, `docs/requirements.md is out of date: run ${page.COMMAND}`).to.equal(true);
  });

  it('finds titles however they are written, and only those that begin with a number', () => {
    const text = [
      "it('R1: one', () => {});",
      'describe(\n  "R2, R30: it\'s two",\n',
      'scenario(`R3: ${what} of\n  three`, async () => {});',
      "it('no R4: four', () => {});",
      "it.skip('R5: five', () => {});",
      "it('R43: none', () => {});",
    ].join('\n');
    const found = page.testsOf([{ file: 'a.test.ts', text }]);
    expect([...found.keys()].sort((a, b) => a - b)).to.deep.equal([1, 2, 3, 30]);
    expect(found.get(30)).to.deep.equal([{ file: 'a.test.ts', title: "it's two" }]);
    expect(found.get(3)?.[0]?.title).to.equal('… of three');
  });

  it('finds what a comment stands above or in, and takes no code for a comment', () => {
    const text = [
      '/** Keeps (R1, R2). */',
      'export class Keeper {',
      '  /** R3. */',
      '  private readonly limit = 1;',
      '  async keep(): Promise<void> {',
      '    // R4: late',
      "    const R5 = 'R6';",
      '  }',
      '}',
      'function alone(): void {',
      '  run(); // R7',
      '}',
    ].join('\n');
    const found = page.codeOf([{ file: 'a.ts', text }]);
    const symbols = [...found].map(([number, [place]]) => `${number} ${place?.symbol}`);
    expect(symbols).to.deep.equal(['1 Keeper', '2 Keeper', '3 Keeper.limit', '4 Keeper.keep', '7 alone']);
  });
});
