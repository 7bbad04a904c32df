import assert from 'node:assert/strict';
import type { Permit, Plugin } from '@asignio/contracts';
import { AsignioError } from '@asignio/contracts';
import { refuses } from '../runner.ts';
import type { TestRunner } from '../runner.ts';

/** A plugin under test with the vendor that it calls. */
export interface VendorWorld<P extends Plugin> {
  readonly plugin: P;
  /** Requests that reached the vendor so far. */
  readonly requests: () => number;
  /** From now on the vendor fails at every request, and says these words. */
  readonly fail: (words: string) => void | Promise<void>;
  /** From now on the vendor takes requests and never answers. */
  readonly hang: () => void | Promise<void>;
  /** Ends the vendor; called last, after the plugin was closed. */
  readonly end: () => void | Promise<void>;
}

/** What every suite of a vendor's plugin is given. */
export interface VendorContractOptions<P extends Plugin> extends TestRunner {
  /** Starts a vendor of its own, and makes a plugin that calls it. */
  readonly create: () => VendorWorld<P> | Promise<VendorWorld<P>>;
}

/** Longest that a call may go on after it was aborted, ms. */
const PROMPT_MS = 2000;

/** The leave that the core's gate hands to a plugin. A plugin does not look at it, so that here any object will do. */
export const LEAVE = Object.freeze({}) as Permit;

/** A signal that is not aborted. */
export function inTime(): AbortSignal {
  return new AbortController().signal;
}

/** One test with a vendor of its own. */
export function scenarios<P extends Plugin & { close(): Promise<void> }>({ it, create }: VendorContractOptions<P>) {
  return (title: string, body: (world: VendorWorld<P>) => Promise<void>): void => {
    it(title, async () => {
      const world = await create();
      try {
        await body(world);
      } finally {
        await world.plugin.close();
        await world.end();
      }
    });
  };
}

/** The plugin alone, for what it says of itself; its vendor is ended. */
export async function justPlugin<P extends Plugin & { close(): Promise<void> }>({
  create,
}: VendorContractOptions<P>): Promise<P> {
  const { plugin, end } = await create();
  await plugin.close();
  await end();
  return plugin;
}

/** What holds for every plugin that calls somebody else. */
export function vendorTests<P extends Plugin & { close(): Promise<void> }>(
  options: VendorContractOptions<P>,
  call: (plugin: P, signal: AbortSignal) => Promise<unknown>,
): void {
  const scenario = scenarios(options);

  scenario('opens no connection before it is called', async (world) => {
    assert.equal(world.requests(), 0);
  });

  scenario('says where the vendor processes, and under which agreement', async ({ plugin }) => {
    assert.notEqual(plugin.metadata.region, 'local');
    assert.ok((plugin.metadata.agreement ?? '').trim().length > 0, 'an agreement');
  });

  scenario('tells of a vendor that fails by code, without its words', async ({ plugin, fail }) => {
    await fail(VENDOR_WORDS);
    await refusesSilently(async () => call(plugin, inTime()));
  });

  scenario('ends soon after it is aborted, though the vendor never answers', async ({ plugin, hang }) => {
    await hang();
    const controller = new AbortController();
    const pending = call(plugin, controller.signal);
    pending.catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    const late = new Promise<never>((_, reject) => {
      setTimeout(
        () => reject(new assert.AssertionError({ message: 'it goes on after it was aborted' })),
        PROMPT_MS,
      ).unref();
    });
    await refuses('ASIGNIO_VENDOR_UNAVAILABLE', async () => Promise.race([pending, late]));
  });

  scenario('sends nothing with a signal that is aborted already', async (world) => {
    await refuses('ASIGNIO_VENDOR_UNAVAILABLE', async () => call(world.plugin, AbortSignal.abort()));
    assert.equal(world.requests(), 0);
  });

  scenario('closes as often as it is told, and sends nothing afterwards', async (world) => {
    await world.plugin.close();
    await world.plugin.close();
    await refuses('ASIGNIO_VENDOR_UNAVAILABLE', async () => call(world.plugin, inTime()));
    assert.equal(world.requests(), 0);
  });
}

/** Words that a failing vendor of these suites says; none of them may reach whoever calls. */
const VENDOR_WORDS = 'internal error at matcher.c:42, probe=';

async function refusesSilently(work: () => Promise<unknown>): Promise<void> {
  await refuses('ASIGNIO_VENDOR_UNAVAILABLE', async () => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof AsignioError) assert.ok(!error.message.includes(VENDOR_WORDS), 'the vendor’s own words');
      throw error;
    }
  });
}
