import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { AUDIT_EVENTS } from '@asignio/contracts';
import { ROOT } from '../support/demo.js';

/** Events that nothing writes yet. A name leaves this list with the code that writes it; none is ever added. */
const TO_COME: readonly string[] = ['confirmation.issued'];

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

  it('are all written somewhere, but for those still to come', () => {
    const silent = AUDIT_EVENTS.filter((event) => !TO_COME.includes(event) && !written(event));
    expect(silent, 'events that nothing writes').to.deep.equal([]);
  });

  it('are not listed as still to come once they are written', () => {
    expect(
      TO_COME.filter((event) => written(event)),
      'take these out of TO_COME in test/integration/audit-events.test.ts',
    ).to.deep.equal([]);
    const known: readonly string[] = AUDIT_EVENTS;
    for (const event of TO_COME) expect(known).to.include(event);
  });
});
