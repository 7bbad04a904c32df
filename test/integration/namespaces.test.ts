import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { storageMongodb } from '@asignio/storage-mongodb';
import { describeMongodb, ownServer } from '@asignio/test-mongodb';
import type { MongodbServer } from '@asignio/test-mongodb';
import { createSigner, testCertificate } from '@asignio/testkit';
import type { Signer } from '@asignio/testkit';
import { Balancer, SEEMING_ADDRESS } from '../support/balancer.js';
import { dataFolder, startDemo } from '../support/demo.js';
import type { RunningDemo } from '../support/demo.js';
import { auditCounts } from '../support/killing.js';
import { makeNamespace } from '../support/namespace.js';
import type { Namespace } from '../support/namespace.js';
import { Visitor } from '../support/visitor.js';
import type { Answer } from '../support/visitor.js';

const PASSPHRASE = 'grey geese over a wide river';
/** The longest that anybody should wait for a 503: an operation's patience, twice, with some to spare on a busy machine. */
const PATIENCE_MS = 20_000;

/** Three demos behind a balancer on one MongoDB over TLS; the last one lives in a network of its own. */
describeMongodb('three processes on one store, of which one is cut off by the network', function () {
  this.timeout(180_000);
  let namespace: Namespace;
  let server: MongodbServer;
  let data = '';
  let uri = '';
  let url = '';
  let balancer: Balancer;
  const demos: RunningDemo[] = [];
  let visitors = 0;

  before(async function () {
    namespace = makeNamespace(this);
    data = await dataFolder();
    const host = namespace.databaseAddress;
    const { ca, cert, key } = testCertificate([host]);
    const files = { ca: '', cert: '', key: '', both: '' };
    for (const [name, text] of Object.entries({ ca, cert, key, both: `${cert}${key}` }) as [
      keyof typeof files,
      string,
    ][]) {
      files[name] = join(data, `${name}.pem`);
      await writeFile(files[name], text, { mode: 0o600 });
    }
    server = await ownServer(this, { host, tls: files });
    uri = `${server.uri}cut?tls=true&tlsCAFile=${encodeURIComponent(files.ca)}`;
    balancer = new Balancer();
    url = await balancer.listen();
    const env = { ASIGNIO_STORAGE: uri };
    for (let i = 0; i < 2; i++) demos.push(await startDemo(data, env, '0', ['--origin', url]));
    const inside = ['--origin', url, '--host', namespace.address];
    demos.push(await startDemo(data, env, '0', inside, namespace.within));
  });
  after(async () => {
    for (const demo of demos) await demo.stop('SIGKILL');
    await balancer?.close();
    await server?.remove();
    namespace?.remove();
    if (data !== '') await rm(data, { recursive: true, force: true });
  });

  const useAll = (): void => void balancer.servers.splice(0, Infinity, ...demos.map((demo) => demo.url));
  const useBut = (cut: RunningDemo): void =>
    void balancer.servers.splice(0, Infinity, ...demos.filter((demo) => demo !== cut).map((demo) => demo.url));
  const visitor = (): Visitor =>
    new Visitor(url, new Map(), { [SEEMING_ADDRESS]: `192.0.2.${(visitors++ % 250) + 1}` });
  const counts = async (): Promise<Record<string, number>> => auditCounts(data, storageMongodb({ uri }));

  /** Somebody with an account and an enrolment. */
  const enrolled = async (name: string): Promise<{ readonly name: string; readonly signer: Signer }> => {
    for (let seed = 0; ; seed++) {
      const signer = createSigner({ seed: `${name} ${seed}` });
      const person = visitor();
      expect((await person.form('/account', { name: `${name}${seed}`, passphrase: PASSPHRASE })).status).to.equal(303);
      expect((await person.consent()).status).to.equal(201);
      const { status } = await person.enrol(() => signer.sign());
      if (status === 200) return { name: `${name}${seed}`, signer };
      // Some synthetic people have a signature that is too simple.
      expect(status).to.equal(422);
    }
  };

  it('says 503 on that one, goes on elsewhere, and loses or doubles nothing', async () => {
    const [, , cutOff] = demos as [RunningDemo, RunningDemo, RunningDemo];
    useBut(cutOff);
    const people = [await enrolled('ada'), await enrolled('grace')];
    useAll();
    const before = await counts();
    const told = { accepted: 0, refused: 0, elsewhere: 0 };
    const unavailable: Answer[] = [];
    const work = new AbortController();
    let isAway = false;
    const working = people.map(async ({ name, signer }) => {
      while (!work.signal.aborted) {
        const begun = Date.now();
        const answer = await visitor().verify(name, signer.sign());
        expect(Date.now() - begun, 'nobody waits for ever').to.be.lessThan(3 * PATIENCE_MS);
        if (answer.status === 200) told.accepted++;
        else if (answer.status === 401) told.refused++;
        else if (answer.status === 503) unavailable.push(answer);
        if (isAway && answer.status === 200) told.elsewhere++;
        await delay(answer.status === 200 ? 50 : 300);
      }
    });
    await delay(2000);
    namespace.cut();
    while (unavailable.length === 0) await delay(100);
    // As a balancer does that asks for /readyz.
    expect((await new Visitor(cutOff.url).get('/asignio/readyz')).status).to.equal(503);
    expect((await new Visitor(cutOff.url).get('/asignio/healthz')).status).to.equal(200);
    useBut(cutOff);
    isAway = true;
    while (told.elsewhere < 3) await delay(100);
    isAway = false;
    namespace.mend();
    while ((await new Visitor(cutOff.url).get('/asignio/readyz')).status !== 200) await delay(200);
    useAll();
    const sofar = told.accepted;
    while (told.accepted < sofar + 2) await delay(100);
    work.abort();
    await Promise.all(working);
    for (const { json, headers } of unavailable) {
      expect(headers.get('content-type')).to.contain('application/problem+json');
      expect(json.code).to.equal('ASIGNIO_STORAGE_UNAVAILABLE');
    }
    const after = await counts();
    const grown = (event: string): number => (after[event] ?? 0) - (before[event] ?? 0);
    // What was decided while nobody could be told may be there as well, once.
    expect(grown('verification.accepted')).to.be.within(told.accepted, told.accepted + unavailable.length);
    expect(grown('verification.rejected') + grown('verification.inconclusive')).to.be.within(
      told.refused,
      told.refused + unavailable.length,
    );
    expect(after['interaction.recorded'] ?? 0).to.equal(after['verification.accepted'] ?? 0);
    // The one that was cut off serves alone as well.
    balancer.servers.splice(0, Infinity, cutOff.url);
    const { name, signer } = people[0] ?? { name: '', signer: createSigner({ seed: '' }) };
    expect((await visitor().verify(name, signer.sign())).status).to.be.oneOf([200, 401]);
  });
});
