import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ROOT } from '../support/demo.js';

/** A wrong import that each room's rule must refuse, and a right one that it must let pass. */
const RULES: readonly { room: string; wrong: string[]; right: string[] }[] = [
  { room: 'packages/contracts/src', wrong: ["from 'joi'", "from '@asignio/policy'"], right: ["from './ids.ts'"] },
  {
    room: 'packages/policy/src',
    wrong: ["from '@asignio/core'", "from 'node:fs'"],
    right: ["from '@asignio/contracts'"],
  },
  {
    room: 'packages/engine/src',
    wrong: ["from '@asignio/policy'", "from 'asignio'"],
    right: ["from '@asignio/contracts'"],
  },
  { room: 'packages/engine/src/worker', wrong: ["from 'piscina'", "from '../pool.ts'"], right: ["from '../seal.ts'"] },
  {
    room: 'packages/core/src',
    wrong: ["from '@asignio/storage-lmdb'", "from 'express'"],
    right: ["from '@asignio/engine'"],
  },
  { room: 'packages/testkit/src', wrong: ["from '@asignio/core'"], right: ["from '@asignio/contracts'"] },
  { room: 'packages/crypto/src', wrong: ["from '@asignio/engine'"], right: ["from '@asignio/contracts'"] },
  {
    room: 'plugins/keys-file/src',
    wrong: ["from '@asignio/core'", "from 'asignio'"],
    right: ["from '@asignio/contracts'", "from '@asignio/crypto'"],
  },
  {
    room: 'adapters/express/src',
    wrong: ["from '@asignio/core'", "from '@asignio/passport'"],
    right: ["from '@asignio/contracts'", "from '@asignio/bridge'"],
  },
  {
    room: 'packages/bridge/src',
    wrong: ["from '@asignio/core'", "from '@asignio/oidc'"],
    right: ["from '@asignio/contracts'"],
  },
  {
    room: 'packages/capture/src',
    wrong: ["from 'node:fs'", "from '@asignio/contracts'"],
    right: ["from './elements.ts'"],
  },
];

/** Whether the linter refuses a file of that room with this import. */
function refused(room: string, from: string, keyword = 'import'): boolean {
  const file = join(ROOT, room, 'lint-probe.ts');
  writeFileSync(file, `${keyword} { probe } ${from};\nexport { probe };\n`);
  try {
    execFileSync(join(ROOT, 'node_modules/.bin/oxlint'), [file], { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' });
    return false;
  } catch (error) {
    return String((error as { stdout?: unknown }).stdout).includes('no-restricted-imports');
  } finally {
    rmSync(file, { force: true });
  }
}

describe('the import directions', () => {
  for (const { room, wrong, right } of RULES) {
    for (const from of wrong)
      it(`refuse ${room} importing ${from}`, () => {
        expect(refused(room, from)).to.equal(true);
      });
    for (const from of right)
      it(`let ${room} import ${from}`, () => {
        expect(refused(room, from)).to.equal(false);
      });
  }

  it('let adapters import the core by type', () => {
    expect(refused('adapters/express/src', "from '@asignio/core'", 'import type')).to.equal(false);
  });
});
