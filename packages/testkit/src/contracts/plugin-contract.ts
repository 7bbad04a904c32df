import assert from 'node:assert/strict';
import type { Plugin, PluginKind } from '@asignio/contracts';
import type { TestRunner } from './runner.ts';

/** What {@link pluginContract} is given. */
export interface PluginContractOptions<P extends Plugin> extends TestRunner {
  /** The kind that the plugin is handed in as. */
  readonly kind: PluginKind;
  /** Makes a plugin; it is not opened. */
  readonly create: () => P | Promise<P>;
}

const NPM_NAME = /^(?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/;
// https://semver.org, "Is there a suggested regular expression", shortened to what is used of it.
const SEMVER = /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;
const REGION = /^(?:local|[A-Z]{2}(?:-[A-Z0-9]{1,3})?)$/;

/**
 * The suite that every plugin passes, whatever its kind: what it says of itself is complete and true.
 * @example
 * ```ts
 * pluginContract({ describe, it, kind: 'notification', create: () => notifySmtp({ host: 'localhost' }) });
 * ```
 */
export function pluginContract<P extends Plugin>({ describe, it, kind, create }: PluginContractOptions<P>): void {
  describe('plugin contract', () => {
    it('has an npm-style name, a semantic version and its kind', async () => {
      const { metadata } = await create();
      assert.match(metadata.name, NPM_NAME);
      assert.match(metadata.version, SEMVER);
      assert.equal(metadata.kind, kind);
    });

    it('says what data it sees, and where it keeps or sends them', async () => {
      const { metadata } = await create();
      assert.ok(metadata.data.length > 0);
      for (const data of metadata.data) assert.ok(data.trim().length > 0);
      assert.match(metadata.region, REGION);
      if (metadata.agreement !== undefined) assert.ok(metadata.agreement.trim().length > 0);
    });

    it('has every optional method that it lists as a capability, once', async () => {
      const plugin = await create();
      const { capabilities } = plugin.metadata;
      assert.equal(new Set(capabilities).size, capabilities.length);
      for (const capability of capabilities)
        assert.equal(typeof (plugin as unknown as Record<string, unknown>)[capability], 'function', capability);
    });

    it('says the same each time, in plain data', async () => {
      const [one, other] = [await create(), await create()];
      assert.deepEqual(one.metadata, other.metadata);
      assert.deepEqual(JSON.parse(JSON.stringify(one.metadata)), one.metadata);
    });
  });
}
