import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { createSandbox } from 'sinon';
import { dataFolder, ROOT } from '../support/demo.js';

type Done = (error?: unknown) => void;
interface Demo {
  readonly app: RequestListener;
  close(): Promise<void>;
}
interface Sessions {
  set(id: string, data: object, done: Done): void;
}

const PASSPHRASE = 'correct horse battery';
const example = async (file: string): Promise<unknown> =>
  import(pathToFileURL(join(ROOT, 'examples/express-passport/dist', file)).href);

describe('sessions of the demo, on a store that takes its time', () => {
  const sandbox = createSandbox();
  let data: string;
  let demo: Demo;
  let server: Server;
  let base: string;
  /** What stands in the store of the session that was written last. */
  let kept: object = {};
  const writes: Promise<void>[] = [];

  before(async () => {
    const { createDemo } = (await example('app.js')) as { createDemo: (options: object) => Promise<Demo> };
    const { SharedSessions } = (await example('sessions.js')) as { SharedSessions: { readonly prototype: Sessions } };
    const sessions = SharedSessions.prototype;
    const set = sandbox.stub(sessions, 'set');
    set.callsFake(function (this: Sessions, id, session, done) {
      const written = structuredClone({ ...session, cookie: undefined });
      const late = (finished: () => void): void =>
        set.wrappedMethod.call(this, id, session, (error) => {
          kept = written;
          done(error);
          finished();
        });
      writes.push(new Promise((finished) => setTimeout(late, 100, finished)));
    });
    data = await dataFolder();
    let listener: RequestListener | undefined;
    server = createServer((req, res) => listener?.(req, res)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    demo = await createDemo({ data, origins: [base] });
    listener = demo.app;
  });

  after(async () => {
    server.close();
    server.closeAllConnections();
    await Promise.all(writes);
    sandbox.restore();
    await demo.close();
    await rm(data, { recursive: true, force: true });
  });

  it('are kept before a browser is led on, which does not wait for the end of the answer', async () => {
    let cookie = '';
    for (const [path, form, wanted] of [
      ['/account', { name: 'Ada', passphrase: PASSPHRASE }, 'passport'],
      ['/identity', { passphrase: PASSPHRASE, next: '/my-data' }, 'confirmedAt'],
      ['/sign-in/passphrase', { name: 'Ada', passphrase: PASSPHRASE }, 'passport'],
    ] as const) {
      kept = {};
      const body = new URLSearchParams(form);
      const headers = { origin: base, cookie };
      // Resolves with the headers, as a browser would go on with them.
      const answer = await fetch(`${base}${path}`, { method: 'POST', redirect: 'manual', headers, body });
      expect(answer.status, path).to.equal(303);
      expect(kept, path).to.have.property(wanted);
      cookie = answer.headers
        .getSetCookie()
        .map((line) => line.split(';')[0])
        .join('; ');
    }
  }).timeout(20_000);
});
