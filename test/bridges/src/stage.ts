import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { subjectId, tenantId } from '@asignio/contracts';
import type { SubjectId } from '@asignio/contracts';
import { createCore } from '@asignio/core';
import type { AsignioCore, CoreOptions } from '@asignio/core';
import { asignioRouter } from '@asignio/express';
import { keysFile } from '@asignio/keys-file';
import { DEFAULT_RETENTION, defaultNotices } from '@asignio/policy';
import { storageLmdb } from '@asignio/storage-lmdb';
import { temporaryFolder } from '@asignio/testkit';
import express from 'express';
import type { Express, Router } from 'express';
import { drawing, FakeEngine } from './fake-engine.ts';

export const TENANT = tenantId('acme');

/** Known of Ada by the host. */
export const ADA = { name: 'Ada Lovelace', email: 'ada@lovelace.example', phone: '+4930123456' };

/** A system with people, and a bridge on it in two processes: everything that the two share is in the store. */
export interface Stage<Bridge> {
  readonly core: AsignioCore;
  /** Where the bridge listens, and whose origin it is. */
  readonly url: string;
  readonly bridge: Bridge;
  readonly other: Bridge;
  /** Where the other one listens. */
  readonly otherUrl: string;
  /** What the bridge told its logger. */
  readonly warnings: object[];
  /** All that the store has written to its files. */
  raw(): Promise<Buffer>;
  events(): Promise<readonly { readonly event: string; readonly data: Readonly<Record<string, unknown>> }[]>;
  close(): Promise<void>;
}

/** What the options of any bridge say of its host. */
interface Host {
  readonly tenant: string;
  readonly attributes: (subject: SubjectId) => Partial<typeof ADA>;
  readonly logger: { warn(fields: object): void; error(fields: object): void };
}

/**
 * Ada and Bob are enrolled; the host knows name, e-mail and phone of Ada.
 * @param path where the bridge is mounted
 * @param make a bridge for whoever reaches it at this address
 */
export async function setStage<Bridge extends { router(): Router }>(
  path: string,
  make: (core: AsignioCore, address: string, host: Host) => Promise<Bridge>,
  options: Partial<CoreOptions> = {},
): Promise<Stage<Bridge>> {
  const folder = temporaryFolder('asignio-bridge-');
  const core = await createCore({
    storage: storageLmdb({ path: folder.path, noSync: true }),
    keys: keysFile({ path: `${folder.path}/keys.json`, create: true }),
    engine: (permits) => new FakeEngine(permits),
    notices: defaultNotices({ controller: { name: 'Acme', contact: 'privacy@acme.example' } }),
    retention: DEFAULT_RETENTION,
    regions: { deployment: 'DE', policy: { home: 'DE', allowed: [] } },
    sweepEveryMs: 0,
    ...options,
  });
  const [one, two] = [await listen(), await listen()];
  const warnings: object[] = [];
  const host: Host = {
    tenant: TENANT,
    attributes: (subject) => (subject === 'ada' ? ADA : {}),
    logger: { warn: (fields) => warnings.push(fields), error: (fields) => warnings.push(fields) },
  };
  const [bridge, other] = [await make(core, `${one.url}${path}`, host), await make(core, `${one.url}${path}`, host)];
  mount(one.app, core, one.url).use(path, bridge.router());
  mount(two.app, core, one.url).use(path, other.router());
  for (const name of ['ada', 'bob']) await enrol(core, subjectId(name), one.url);
  return {
    core,
    url: one.url,
    bridge,
    other,
    otherUrl: two.url,
    warnings,
    raw: async () => {
      const files = (await readdir(folder.path, { recursive: true, withFileTypes: true })).filter((file) =>
        file.isFile(),
      );
      return Buffer.concat(await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name)))));
    },
    events: async () => core.audit.read(TENANT, 1, 1000),
    async close() {
      for (const { server } of [one, two]) {
        const closed = once(server, 'close');
        server.close();
        server.closeAllConnections();
        await closed;
      }
      await core.close();
      folder.remove();
    },
  };
}

async function listen(): Promise<{ readonly app: Express; readonly server: Server; readonly url: string }> {
  const app = express();
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { app, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function mount(app: Express, core: AsignioCore, origin: string): Express {
  return app.use(
    '/asignio',
    asignioRouter(core, {
      origins: [origin],
      subject: () => undefined,
      tenant: TENANT,
      alternatives: ['A passphrase'],
      rateLimit: false,
      uniformMs: 1,
    }),
  );
}

async function enrol(core: AsignioCore, subject: SubjectId, origin: string): Promise<void> {
  const notice = await core.subjects.notice(TENANT, 'en');
  await core.subjects.grant({
    tenant: TENANT,
    subject,
    modality: 'signature',
    purposes: ['authentication'],
    noticeVersion: notice.version,
    noticeSha256: notice.sha256,
    language: 'en',
    signature: { method: 'typed-name', name: subject },
  });
  const { view, binding } = await core.ceremonies.begin({
    tenant: TENANT,
    kind: 'enrolment',
    modalities: ['signature'],
    subject,
    signedIn: true,
    origin,
  });
  const handle = { tenant: TENANT, id: view.id, binding, origin, requester: subject };
  for (let n = 0; n < 5; n++) await core.ceremonies.submit(handle, 'signature', drawing({ who: subject }));
  await core.ceremonies.complete(handle);
}
