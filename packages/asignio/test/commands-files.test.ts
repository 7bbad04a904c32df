import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { AsignioError } from '@asignio/contracts';
import { csvLine, parseCsv } from '#src/commands/evaluate/csv.js';
import { readProtocol, userOf } from '#src/commands/evaluate/protocol.js';
import { SampleFolder } from '#src/commands/evaluate/samples.js';

const MODELS = { name: 'm.csv', text: 'model,sample\nu1,a.txt\nu1,b.txt\n' };

describe('CSV', () => {
  it('gives back what was written, whatever it is', () => {
    const cell = fc.string({ maxLength: 20 }).filter((text) => !/[\r\n\uFEFF]/.test(text));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), (rows) => {
        fc.pre(rows.every(([a, b]) => a !== '' || b !== ''));
        const text = csvLine(['left', 'right']) + rows.map(csvLine).join('');
        expect(
          parseCsv(text, ['left', 'right'], 'f').map(({ fields }) => [fields['left'], fields['right']]),
        ).to.deep.equal(rows);
      }),
    );
  });

  it('takes columns in any order, a byte order mark, and lines of Windows', () => {
    const [row] = parseCsv('\uFEFFb,a\r\n2,1\r\n', ['a', 'b'], 'f');
    expect(row).to.deep.equal({ line: 2, fields: { a: '1', b: '2' } });
  });

  const wrong: Record<string, [text: string, words: RegExp]> = {
    'no header': ['', /f, line 1: the header must be a,b/],
    'another header': ['a,c\n1,2\n', /line 1: the header/],
    'a column too many': ['a,b,c\n1,2,3\n', /line 1: the header/],
    'no row': ['a,b\n', /line 2: there is no row/],
    'a field too few': ['a,b\n1,2\n3\n', /line 3: there are 1 fields/],
    'a field too many': ['a,b\n1,2,3\n', /line 2: there are 3 fields/],
    'an open quote': ['a,b\n1,"2\n', /line 2: a quote is not closed/],
    'a quote amid a field': ['a,b\n1,2"3"\n', /line 2: a quote/],
    'a field without end': [`a,b\n1,${'x'.repeat(1025)}\n`, /line 2: a field has more than 1024/],
  };
  for (const [what, [text, words]] of Object.entries(wrong))
    it(`names the line of ${what}`, () => {
      expect(() => parseCsv(text, ['a', 'b'], 'f'))
        .to.throw(AsignioError, words)
        .with.property('code', 'ASIGNIO_CSV_INVALID');
    });

  it('never does anything else with any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', 'b') }), (text) => {
        try {
          parseCsv(text, ['a', 'b'], 'f');
        } catch (error) {
          expect(error).to.have.property('code', 'ASIGNIO_CSV_INVALID');
        }
      }),
    );
  });
});

describe('the protocol of an evaluation', () => {
  it('is models with their samples in order, and trials', () => {
    const protocol = readProtocol(MODELS, { name: 't.csv', text: 'model,probe,mated,kind\nu1,c.txt,0,skilled\n' });
    expect([...protocol.models]).to.deep.equal([['u1', ['a.txt', 'b.txt']]]);
    expect(protocol.trials).to.deep.equal([{ model: 'u1', probe: 'c.txt', mated: false, kind: 'skilled' }]);
  });

  for (const [what, row, words] of [
    ['a model that nobody enrols', 'u2,c.txt,0,skilled', /t\.csv, line 2: there is no model "u2"/],
    ['a truth that is neither 0 nor 1', 'u1,c.txt,yes,skilled', /line 2: mated must be 0 or 1/],
    ['no kind', 'u1,c.txt,1,', /line 2: probe and kind/],
  ] as const)
    it(`refuses ${what}, by line`, () => {
      expect(() => readProtocol(MODELS, { name: 't.csv', text: `model,probe,mated,kind\n${row}\n` })).to.throw(
        AsignioError,
        words,
      );
    });

  it('knows the person behind a draw', () => {
    expect(['U3', 'U3d2', 'U10d9', 'u3#d2', 'Abel_Pacheco_0001', 's2', 'abcd12'].map(userOf)).to.deep.equal([
      'U3',
      'U3',
      'U10',
      'u3',
      'Abel_Pacheco_0001',
      's2',
      'abcd12',
    ]);
  });
});

describe('the sample folder', () => {
  let root: string;
  let folder: SampleFolder;

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'asignio-samples-'));
    await mkdir(join(root, 'data', 'sub'), { recursive: true });
    await mkdir(join(root, 'data', 'folder.txt'));
    await writeFile(join(root, 'secret.json'), '{}');
    await writeFile(join(root, 'data', 'sub', 'a.JSON'), '{"format":"asignio-signature/1"}');
    await writeFile(join(root, 'data', 'b.txt'), '2\n0 0 0 1\n100 100 10 1\n');
    await writeFile(join(root, 'data', 'c.png'), '');
    await symlink(join(root, 'secret.json'), join(root, 'data', 'link.json'));
    folder = await SampleFolder.open(join(root, 'data'), 'signature');
  });
  after(() => rm(root, { recursive: true, force: true }));

  it('reads what the browser sends as it is, and SVC2004 text as the same', async () => {
    expect(Buffer.from((await folder.read('sub/a.JSON')).bytes).toString()).to.equal(
      '{"format":"asignio-signature/1"}',
    );
    const decoded = JSON.parse(Buffer.from((await folder.read('b.txt')).bytes).toString()) as { x: number[] };
    expect(decoded.x).to.have.length(2);
  });

  for (const name of [
    '../secret.json',
    'sub/../../secret.json',
    'link.json',
    '/etc/passwd.json',
    'a\0.json',
    'nobody.json',
    'c.png',
    'folder.txt',
  ])
    it(`does not read ${JSON.stringify(name)}`, async () => {
      for (const attempt of [() => folder.read(name), () => folder.check([name])])
        try {
          await attempt();
          expect.fail('it was read');
        } catch (error) {
          expect(error).to.have.property('code', 'ASIGNIO_FILE_UNREADABLE');
          expect((error as Error).message).to.contain(name);
        }
    });

  it('says which modality there is not, and which folder', async () => {
    for (const [path, modality, code] of [
      [join(root, 'data'), 'voice', 'ASIGNIO_MODALITY_UNAVAILABLE'],
      [join(root, 'nowhere'), 'signature', 'ASIGNIO_FILE_UNREADABLE'],
      [join(root, 'secret.json'), 'signature', 'ASIGNIO_FILE_UNREADABLE'],
    ] as const) {
      const error = await SampleFolder.open(path, modality).catch((thrown: unknown) => thrown);
      expect(error).to.have.property('code', code);
    }
  });
});
