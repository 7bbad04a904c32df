import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { storageMongodb } from '@asignio/storage-mongodb';
import { describeMongodb, ownServer } from '@asignio/test-mongodb';
import type { MongodbServer } from '@asignio/test-mongodb';
import { createSigner } from '@asignio/testkit';
import type { Signer } from '@asignio/testkit';
import { Balancer, Line, SEEMING_ADDRESS } from '../support/balancer.js';
import { dataFolder, startDemo } from '../support/demo.js';
import type { RunningDemo } from '../support/demo.js';
import { auditCounts } from '../support/killing.js';
import { Visitor } from '../support/visitor.js';
import type { Answer } from '../support/visitor.js';

const PASSPHRASE = 'blue herons over quiet water';
const PROCESSES = 3;

/** Three demos behind a balancer, each on a line of its own to one MongoDB. */
describeMongodb('three processes on one store', function () {
  this.timeout(180_000);
  let server: MongodbServer;
  let data = '';
  let url = '';
  let balancer: Balancer;
  const lines: Line[] = [];
  const demos: RunningDemo[] = [];

  const uriOf = (port: number): string => `mongodb://127.0.0.1:${port}/processes`;
  const start = async (line: number): Promise<RunningDemo> => {
    const storage = { ASIGNIO_STORAGE: uriOf(line) };
    return startDemo(data, storage, '0', ['--origin', url]);
  };

  before(async function () {
    server = await ownServer(this);
    data = await dataFolder();
    balancer = new Balancer();
    url = await balancer.listen();
    for (let i = 0; i < PROCESSES; i++) {
      const line = new Line(server.port);
      lines.push(line);
      // One after the other: the first one makes the key file.
      demos.push(await start(await line.port()));
    }
  });
  after(async () => {
    for (const demo of demos) {
      demo.process.kill('SIGCONT');
      await demo.stop();
    }
    for (const line of lines) await line.close();
    await balancer?.close();
    await server?.remove();
    if (data !== '') await rm(data, { recursive: true, force: true });
  });
  beforeEach(() => {
    balancer.servers.splice(0, Infinity, ...demos.map((demo) => demo.url));
    balancer.handed.length = 0;
  });

  const visitor = (address = '192.0.2.1'): Visitor => new Visitor(url, new Map(), { [SEEMING_ADDRESS]: address });

  /** Somebody with an account and an enrolment. */
  const enrolled = async (name: string): Promise<{ readonly person: Visitor; readonly signer: Signer }> => {
    for (let seed = 0; ; seed++) {
      const signer = createSigner({ seed: `${name} ${seed}` });
      const person = visitor(`198.51.100.${seed + 1}`);
      const made = await person.form('/account', { name: `${name}${seed}`, passphrase: PASSPHRASE });
      expect(made.status).to.equal(303);
      expect((await person.consent()).status).to.equal(201);
      const answer = await person.enrol(() => signer.sign());
      if (answer.status === 200) return { person: Object.assign(person, { name: `${name}${seed}` }), signer };
      // Some synthetic people have a signature that is too simple.
      expect(answer.status).to.equal(422);
    }
  };
  const nameOf = (person: Visitor): string => (person as Visitor & { readonly name: string }).name;

  const counts = async (): Promise<Record<string, number>> =>
    auditCounts(data, storageMongodb({ uri: `${server.uri}processes` }));

  it('finish on one what was begun on another, session and ceremony alike', async () => {
    const { person, signer } = await enrolled('ada');
    const stranger = visitor();
    balancer.handed.length = 0;
    const answer = await stranger.verify(nameOf(person), signer.sign());
    expect(answer.status).to.be.oneOf([200, 401]);
    expect(new Set(balancer.handed.map(({ server: which }) => which)).size).to.equal(PROCESSES);
    expect((await person.get('/')).text).to.contain(`Hello, ${nameOf(person)}`);
    expect((await person.get('/my-data')).status).to.equal(200);
  });

  it('compare no more than the allowed attempts, of 200 that come at once from everywhere', async () => {
    const { person } = await enrolled('grace');
    const forger = createSigner({ seed: 'somebody else' });
    const before = await counts();
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => visitor(`203.0.113.${i + 1}`).verify(nameOf(person), forger.sign())),
    );
    const of = (status: number): number => answers.filter((answer) => answer.status === status).length;
    // NIST SP 800-63B-4, 3.2.3.3: five failures, then a wait of at least 30 s before each.
    expect(of(401)).to.be.within(1, 5);
    expect(of(401) + of(429)).to.equal(200);
    const after = await counts();
    const rejected = (found: Record<string, number>): number =>
      (found['verification.rejected'] ?? 0) + (found['verification.inconclusive'] ?? 0);
    expect(rejected(after) - rejected(before)).to.be.at.most(5);
    for (let i = 0; i < PROCESSES; i++)
      expect((await visitor(`203.0.113.${240 + i}`).verify(nameOf(person), forger.sign())).status).to.equal(429);
  });

  it('let through together what one would let through', async () => {
    // A minute by the clock ends the count: begin well inside one.
    const left = 60_000 - (Date.now() % 60_000);
    if (left < 20_000) await delay(left);
    const begun = await Promise.all(
      Array.from({ length: 120 }, async () =>
        visitor('192.0.2.77').post('/asignio/ceremonies', {
          kind: 'verification',
          modalities: ['signature'],
          subject: 'x',
        }),
      ),
    );
    const passed = begun.filter(({ status }) => status === 201).length;
    expect(begun.filter(({ status }) => status === 429).length).to.equal(120 - passed);
    expect(passed).to.be.within(60 - (PROCESSES - 1) * 6, 60);
  });

  it('slow down guessing of a passphrase, whichever of them is asked', async () => {
    const { person } = await enrolled('joan');
    const statuses: number[] = [];
    for (let i = 0; i < 7; i++)
      statuses.push(
        (await visitor().form('/sign-in/passphrase', { name: nameOf(person), passphrase: `guess number ${i} of it` }))
          .status,
      );
    expect(statuses).to.deep.equal([401, 401, 401, 401, 401, 429, 429]);
  });

  for (const signal of ['SIGKILL', 'SIGSTOP'] as const)
    it(`go on with a ceremony when the one that works on it is gone (${signal}), and count it once`, async () => {
      const { person, signer } = await enrolled(signal.toLowerCase());
      const before = await counts();
      const [victim] = demos;
      if (victim === undefined) throw new Error('There is a first process');
      balancer.servers.splice(0, Infinity, victim.url);
      const stranger = visitor();
      const begun = await stranger.post('/asignio/ceremonies', {
        kind: 'verification',
        modalities: ['signature'],
        subject: nameOf(person),
      });
      const path = `/asignio/ceremonies/${begun.json.id}`;
      const drawing = signer.sign();
      const lost = stranger.put(`${path}/samples/signature`, drawing).catch(() => undefined);
      await delay(30);
      victim.process.kill(signal);
      balancer.servers.splice(0, Infinity, ...demos.slice(1).map((demo) => demo.url));
      // Whether the drawing had arrived or not, the next process takes it or says that it has it.
      const sent = await stranger.put(`${path}/samples/signature`, drawing);
      expect(sent.status).to.be.oneOf([202, 409, 429]);
      const answer = await stranger.post(`${path}/complete`);
      expect(answer.status).to.be.oneOf([200, 401, 409]);
      if (signal === 'SIGSTOP') victim.process.kill('SIGCONT');
      else demos[0] = await start(await (lines[0] ?? new Line(0)).port());
      await lost;
      const after = await counts();
      const decided = (found: Record<string, number>): number =>
        ['verification.accepted', 'verification.rejected', 'verification.inconclusive'].reduce(
          (sum, event) => sum + (found[event] ?? 0),
          0,
        );
      expect(decided(after) - decided(before)).to.be.at.most(1);
      expect(after['interaction.recorded'] ?? 0).to.equal(after['verification.accepted'] ?? 0);
    });

  it('say 503 while the database stops for ten seconds, and go on: nothing is lost or doubled', async () => {
    const people = [await enrolled('mary'), await enrolled('rosalind')];
    const before = await counts();
    const told = { accepted: 0, refused: 0 };
    const unavailable: Answer[] = [];
    const work = new AbortController();
    const working = people.map(async ({ person, signer }) => {
      while (!work.signal.aborted) {
        const answer = await visitor('198.51.100.77').verify(nameOf(person), signer.sign());
        if (answer.status === 200) told.accepted++;
        else if (answer.status === 401) told.refused++;
        else if (answer.status === 503) unavailable.push(answer);
        // Locked, used or slowed down: a person waits; so do we.
        await delay(answer.status === 200 ? 50 : 300);
      }
    });
    await delay(2000);
    server.pause();
    await delay(10_000);
    server.resume();
    await delay(4000);
    work.abort();
    await Promise.all(working);
    expect(unavailable.length).to.be.greaterThan(0);
    for (const { json, headers } of unavailable) {
      expect(headers.get('content-type')).to.contain('application/problem+json');
      expect(json.code).to.equal('ASIGNIO_STORAGE_UNAVAILABLE');
    }
    const after = await counts();
    const grown = (event: string): number => (after[event] ?? 0) - (before[event] ?? 0);
    expect(told.accepted).to.be.greaterThan(0);
    // What was decided while nobody could be told may be there as well, once.
    expect(grown('verification.accepted')).to.be.within(told.accepted, told.accepted + unavailable.length);
    expect(grown('verification.rejected') + grown('verification.inconclusive')).to.be.within(
      told.refused,
      told.refused + unavailable.length,
    );
    expect(after['interaction.recorded'] ?? 0).to.equal(after['verification.accepted'] ?? 0);
    const { person, signer } = await enrolled('after');
    expect((await visitor().verify(nameOf(person), signer.sign())).status).to.be.oneOf([200, 401]);
  });

  it('go on without one that is cut off from the database, which says 503 until the line is mended', async () => {
    const { person, signer } = await enrolled('hedy');
    lines[1]?.cut();
    balancer.servers.splice(0, Infinity, demos[1]?.url ?? '');
    const refused = await visitor().verify(nameOf(person), signer.sign());
    expect([refused.status, refused.json.code]).to.deep.equal([503, 'ASIGNIO_STORAGE_UNAVAILABLE']);
    expect((await visitor().get('/asignio/readyz')).status).to.equal(503);
    expect((await visitor().get('/asignio/healthz')).status).to.equal(200);
    balancer.servers.splice(0, Infinity, demos[0]?.url ?? '', demos[2]?.url ?? '');
    expect((await visitor().verify(nameOf(person), signer.sign())).status).to.be.oneOf([200, 401]);
    lines[1]?.mend();
    balancer.servers.splice(0, Infinity, demos[1]?.url ?? '');
    expect((await visitor().verify(nameOf(person), signer.sign())).status).to.be.oneOf([200, 401]);
  });
});
