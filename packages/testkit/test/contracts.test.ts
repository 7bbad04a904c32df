import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Plugin, PluginMetadata } from '@asignio/contracts';
import { fakeClock, pluginContract, temporaryFolder } from '@asignio/testkit';

const GOOD: PluginMetadata = {
  name: '@somebody/notify-pigeon',
  version: '1.2.3-beta.1',
  kind: 'notification',
  capabilities: ['recall'],
  data: ['names'],
  region: 'DE',
};

/** What the suite's tests throw for a plugin. */
async function faults(metadata: Partial<PluginMetadata>, recall: unknown = () => 1): Promise<number> {
  const tests: (() => Promise<void>)[] = [];
  pluginContract({
    describe: (_, body) => body(),
    it: (_, body) => tests.push(body),
    kind: 'notification',
    create: () => ({ metadata: { ...GOOD, ...metadata }, recall }) as Plugin,
  });
  const outcomes = await Promise.allSettled(tests.map((test) => test()));
  return outcomes.filter((outcome) => outcome.status === 'rejected').length;
}

describe('the plugin contract suite', () => {
  it('passes a plugin that says all', async () => {
    expect(await faults({})).to.equal(0);
    expect(await faults({ agreement: 'DPA 2026-7', region: 'local', capabilities: [] })).to.equal(0);
  });

  const broken: readonly (readonly [string, Partial<PluginMetadata>])[] = [
    ['has no proper name', { name: 'Notify Pigeon' }],
    ['has no proper version', { version: '1.2' }],
    ['is of another kind', { kind: 'keys' }],
    ['lists a capability twice', { capabilities: ['recall', 'recall'] }],
    ['lists a capability that it lacks', { capabilities: ['fly'] }],
    ['does not say what data it sees', { data: [] }],
    ['says an empty word of its data', { data: [' '] }],
    ['does not say where it keeps them', { region: 'somewhere' }],
    ['has an empty agreement', { agreement: '' }],
  ];
  for (const [fault, metadata] of broken)
    it(`notices a plugin that ${fault}`, async () => {
      expect(await faults(metadata)).to.equal(1);
    });

  it('notices a capability that is no method', async () => {
    expect(await faults({}, 'a string')).to.equal(1);
  });
});

describe('the fake clock', () => {
  it('stands still until it is told otherwise', () => {
    const clock = fakeClock(1000);
    expect([clock.now(), clock.now()]).to.deep.equal([1000, 1000]);
    clock.advance(5);
    expect(clock.now()).to.equal(1005);
    clock.set(7);
    expect(clock.now()).to.equal(7);
  });
});

describe('a temporary folder', () => {
  it('is for its owner alone, and gone with all that it holds when removed', () => {
    const folder = temporaryFolder();
    const other = temporaryFolder();
    if (process.platform !== 'win32') expect(statSync(folder.path).mode & 0o777).to.equal(0o700);
    writeFileSync(join(folder.path, 'file'), 'x');
    folder.remove();
    folder.remove();
    expect(existsSync(folder.path)).to.equal(false);
    expect(existsSync(other.path)).to.equal(true);
    other.remove();
  });
});
