import type { Context, Suite } from 'mocha';
import { startServer } from './start.ts';
import type { MongodbServer, ServerKind, ServerOptions } from './start.ts';

/** A server that tests share, each with databases of its own. */
export interface SharedServer {
  /** `unknown` for the one that `MONGODB_URI` names. */
  readonly kind: ServerKind | 'unknown';
  /** Without a database's name. */
  readonly uri: string;
}

const HOW_TO = 'no MongoDB server: `node scripts/mongodb-server.mjs` gets one, or set MONGODB_URI';

let shared: Promise<SharedServer | undefined> | undefined;

/** The server of `MONGODB_URI`, or one of this process that runs until it ends; `undefined` where there is none. */
export async function mongodbServer(): Promise<SharedServer | undefined> {
  const given = process.env['MONGODB_URI'];
  shared ??= given === undefined ? startServer() : Promise.resolve({ kind: 'unknown', uri: withoutDatabase(given) });
  return shared;
}

/**
 * Declares a suite that needs a server; `server` gives it, from the first hook on. Where there is none the suite is
 * pending by name, or fails when real peers are demanded.
 */
export function describeMongodb(title: string, body: (this: Suite, server: () => SharedServer) => void): void {
  describe(`${title} (MongoDB)`, function () {
    let found: SharedServer | undefined;
    before(async function () {
      this.timeout(60_000);
      found = await mongodbServer();
      if (found === undefined) pending(this);
    });
    body.call(this, () => {
      if (found === undefined) throw new Error('The server is there from the first hook on');
      return found;
    });
  });
}

/** Starts a server of a test's own, or leaves the test pending. */
export async function ownServer(context: Context, options: ServerOptions = {}): Promise<MongodbServer> {
  return (await startServer(options)) ?? pending(context);
}

function pending(context: Context): never {
  if (process.env['ASIGNIO_REQUIRE_PEERS'] === '1') throw new Error(`There is ${HOW_TO}`);
  const { test } = context;
  for (const one of test === context.currentTest ? [test] : testsOf(test?.parent))
    if (one !== undefined) one.title += ` (${HOW_TO})`;
  return context.skip();
}

function testsOf(suite: Suite | undefined): Mocha.Test[] {
  return suite === undefined ? [] : [...suite.tests, ...suite.suites.flatMap(testsOf)];
}

/** A URI up to its database, and what follows the database. */
function withoutDatabase(uri: string): string {
  return uri.replace(/^([^/]+\/\/[^/?]+)(?:\/[^?]*)?/, '$1/');
}
