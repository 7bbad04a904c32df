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
import { createOidcBridge } from '@asignio/oidc';
import type { OidcBridge, OidcBridgeOptions, OidcClientOptions } from '@asignio/oidc';
import { DEFAULT_RETENTION, defaultNotices } from '@asignio/policy';
import { storageLmdb } from '@asignio/storage-lmdb';
import { temporaryFolder } from '@asignio/testkit';
import express from 'express';
import type { Express } from 'express';
import { drawing, FakeEngine } from './fake-engine.js';
import { Person } from './person.js';

export const TENANT = tenantId('acme');
export const SECRET = 'wUq7vY2mZ0pL4kT9sX1eR6nB8cH3dJ5fGaQiOzMy';
export const SHOP = 'https://shop.example/callback';

/** A relying party as most are. */
export const CLIENT: OidcClientOptions = {
  id: 'shop',
  name: 'The Shop',
  region: 'DE',
  redirectUris: [SHOP],
  postLogoutRedirectUris: ['https://shop.example/'],
  secret: SECRET,
  attributes: ['name', 'email', 'phone'],
};

/** Known of Ada by the host. */
export const ADA = { name: 'Ada Lovelace', email: 'ada@lovelace.example', phone: '+4930123456' };

/** A system with people, and bridges on it. */
export interface World {
  readonly core: AsignioCore;
  readonly issuer: string;
  readonly bridge: OidcBridge;
  /** The same provider in another process: everything that the two share is in the store. */
  readonly other: OidcBridge;
  /** Where the other one listens. */
  readonly otherUrl: string;
  readonly warnings: object[];
  person(name?: string): Person;
  /** All that the store has written to its files. */
  raw(): Promise<Buffer>;
  events(): Promise<readonly { readonly event: string; readonly data: Readonly<Record<string, unknown>> }[]>;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly clients?: readonly OidcClientOptions[];
  readonly bridge?: Partial<OidcBridgeOptions>;
  readonly core?: Partial<CoreOptions>;
}

/** Ada and Bob are enrolled; the host knows name, e-mail and phone of Ada. */
export async function makeWorld({
  clients = [CLIENT],
  bridge: more = {},
  core: rest = {},
}: WorldOptions = {}): Promise<World> {
  const folder = temporaryFolder('asignio-oidc-');
  const core = await createCore({
    storage: storageLmdb({ path: folder.path, noSync: true }),
    keys: keysFile({ path: `${folder.path}/keys.json`, create: true }),
    engine: (permits) => new FakeEngine(permits),
    notices: defaultNotices({ controller: { name: 'Acme', contact: 'privacy@acme.example' } }),
    retention: DEFAULT_RETENTION,
    regions: { deployment: 'DE', policy: { home: 'DE', allowed: [] } },
    sweepEveryMs: 0,
    ...rest,
  });
  const one = await listen();
  const two = await listen();
  const issuer = `${one.url}/oidc`;
  const warnings: object[] = [];
  const options: OidcBridgeOptions = {
    issuer,
    clients,
    tenant: TENANT,
    attributes: (subject) => (subject === 'ada' ? ADA : {}),
    logger: { warn: (fields) => warnings.push(fields), error: (fields) => warnings.push(fields) },
    ...more,
  };
  const bridge = await createOidcBridge(core, options);
  const other = await createOidcBridge(core, options);
  mount(one.app, core, bridge, one.url);
  mount(two.app, core, other, one.url);
  for (const name of ['ada', 'bob']) await enrol(core, subjectId(name), one.url);
  return {
    core,
    issuer,
    bridge,
    other,
    otherUrl: two.url,
    warnings,
    person: (name = 'ada') => new Person(one.url, name),
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

function mount(app: Express, core: AsignioCore, bridge: OidcBridge, origin: string): void {
  app.use(
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
  app.use('/oidc', bridge.router());
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
