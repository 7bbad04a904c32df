import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { RECORD_KINDS } from '@asignio/contracts';
import { ROOT } from '../support/demo.js';

describe('the architecture page', () => {
  it('R41: says of each kind of record what it holds and how long it lives, and of no other', async () => {
    const text = await readFile(join(ROOT, 'docs/architecture.md'), 'utf8');
    const table = text.slice(text.indexOf('| record | holds |')).split('\n\n')[0] ?? '';
    const kinds = [...table.matchAll(/^\| `([a-z]+)` \|[^|]{8,}\|[^|]+\|[^|]{4,}\|$/gm)].map(([, kind]) => kind);
    expect(kinds.toSorted((a = '', b = '') => (a < b ? -1 : 1))).to.deep.equal([...RECORD_KINDS].sort());
  });
});
