import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { AUDIT_EVENTS } from '@asignio/contracts';
import { ROOT } from '../support/demo.js';

/** What may write to the chain: types are gone from compiled code, so a name that is left in it is a value. */
const WRITERS = ['packages/policy/dist', 'packages/core/dist'];

/** Compiled code without its comments. */
async function compiled(): Promise<string> {
  const texts: string[] = [];
  for (const folder of WRITERS)
    for (const name of await readdir(join(ROOT, folder), { recursive: true }))
      if (name.endsWith('.js')) texts.push(await readFile(join(ROOT, folder, name), 'utf8'));
  return texts
    .join('\n')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/^\s*\/\/.*$/gm, '');
}

describe('the audit events', () => {
  let code: string;

  before(async () => {
    code = await compiled();
  });

  /** As a string of its own, or as one that a template makes: `verification.${decision}`. */
  const written = (event: string) =>
    code.includes(`'${event}'`) || code.includes(`"${event}"`) || code.includes(`\`${event.split('.')[0]}.\${`);

  it('are all written somewhere', () => {
    expect(
      AUDIT_EVENTS.filter((event) => !written(event)),
      'events that nothing writes',
    ).to.deep.equal([]);
  });
});
