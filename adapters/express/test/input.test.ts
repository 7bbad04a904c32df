import { once } from 'node:events';
import { connect } from 'node:net';
import { SIGNATURE_LIMITS, SIGNATURE_MEDIA_TYPE } from '@asignio/contracts';
import { BODY_DEADLINE_MS } from '#src/guard/body.js';
import { expect } from 'chai';
import express from 'express';
import { ORIGIN, startHost } from './support/app.js';
import type { Host, Reply } from './support/app.js';

const SIGN_IN = { kind: 'verification', modalities: ['signature'], subject: 'ada' };
const HEADERS = { origin: ORIGIN, 'content-type': 'application/json' };

describe('input that is not what it should be', () => {
  let host: Host;
  beforeEach(async () => {
    host = await startHost();
  });
  afterEach(() => host.close());

  const post = (body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Reply> =>
    host.ask({ method: 'POST', path: '/asignio/ceremonies', headers: { ...HEADERS, ...headers }, body });
  const refused = (reply: Reply, status: number, code: string): void => {
    expect(reply.headers['content-type']).to.contain('application/problem+json');
    expect(reply.json()).to.deep.include({ status, code });
    expect(reply.status).to.equal(status);
    expect(host.core.changes.filter((change) => change !== 'begin')).to.deep.equal([]);
  };

  for (const [what, body] of [
    ['nothing', ''],
    ['half an object', '{"kind":'],
    ['an array', '[]'],
    ['null', 'null'],
    ['a string', '"kind"'],
    ['bytes that are not UTF-8', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d)],
    ['a kind that is none', JSON.stringify({ ...SIGN_IN, kind: 'identification' })],
    ['a kind of the wrong type', JSON.stringify({ ...SIGN_IN, kind: ['verification'] })],
    ['no modality', JSON.stringify({ ...SIGN_IN, modalities: [] })],
    ['a modality twice', JSON.stringify({ ...SIGN_IN, modalities: ['signature', 'signature'] })],
    ['a modality that is none', JSON.stringify({ ...SIGN_IN, modalities: ['gait'] })],
    ['a field too many', JSON.stringify({ ...SIGN_IN, role: 'admin' })],
    ['a prototype', `{"__proto__":{"a":1},"kind":"verification","modalities":["signature"],"subject":"ada"}`],
    ['a prototype further in', `{"kind":"verification","modalities":["signature"],"subject":{"__proto__":{"a":1}}}`],
    ['a constructor', JSON.stringify({ ...SIGN_IN, constructor: { prototype: { polluted: true } } })],
    ['an empty subject', JSON.stringify({ ...SIGN_IN, subject: '' })],
    ['a subject of 257 characters', JSON.stringify({ ...SIGN_IN, subject: 'a'.repeat(257) })],
    ['a subject with a line break', JSON.stringify({ ...SIGN_IN, subject: 'ada\r\nSet-Cookie: x=1' })],
    [
      'a subject with half a surrogate pair',
      String.raw`{"kind":"verification","modalities":["signature"],"subject":"\ud800"}`,
    ],
    ['a subject that is a number', JSON.stringify({ ...SIGN_IN, subject: 7 })],
    ['an assurance with odd characters', JSON.stringify({ ...SIGN_IN, assurance: '<b>' })],
    ['very deep JSON', '['.repeat(8_000) + ']'.repeat(8_000)],
  ] as const)
    it(`refuses ${what}`, async () => {
      const reply = await post(body);
      expect(reply.status).to.equal(400);
      expect(reply.json()['code']).to.be.oneOf(['ASIGNIO_REQUEST_INVALID', 'ASIGNIO_ID_INVALID']);
      expect(host.core.changes).to.deep.equal([]);
      expect('polluted' in {}).to.equal(false);
    });

  it('names the field, and repeats nothing of what was in it', async () => {
    const reply = await post(JSON.stringify({ ...SIGN_IN, assurance: '<i>secret</i>' }));
    expect(reply.json()['detail']).to.equal('The field `assurance` is not of the allowed form');
    expect((await post('{"kind": secret')).text).to.not.contain('secret');
    expect((await post(JSON.stringify({ ...SIGN_IN, '<i>secret</i>': 1 }))).text).to.not.contain('secret');
  });

  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=utf-16',
    'multipart/form-data',
  ])
    it(`refuses ${type}, which a page of another origin could send or nobody should`, async () => {
      refused(await post(JSON.stringify(SIGN_IN), { 'content-type': type }), 415, 'ASIGNIO_MEDIA_TYPE');
    });

  it('refuses a compressed body: its size would be known too late', async () => {
    refused(await post('x', { 'content-encoding': 'gzip' }), 415, 'ASIGNIO_MEDIA_TYPE');
  });

  it('refuses a sample by its headers before the store is asked anything', async () => {
    const { id, cookie } = await host.begin(SIGN_IN);
    refused(await host.sample(id, cookie, { 'content-type': 'application/json' }), 415, 'ASIGNIO_MEDIA_TYPE');
    refused(await host.sample(id, cookie, { 'content-encoding': 'br' }), 415, 'ASIGNIO_MEDIA_TYPE');
    expect(host.core.handles).to.deep.equal([]);
  });

  it('takes JSON with its charset named', async () => {
    expect(
      (await post(JSON.stringify(SIGN_IN), { 'content-type': 'application/json; charset=UTF-8' })).status,
    ).to.equal(201);
  });

  it('refuses JSON beyond 16 KiB, announced or not', async () => {
    const large = JSON.stringify({ ...SIGN_IN, subject: 'a'.repeat(17_000) });
    refused(await post(large), 413, 'ASIGNIO_TOO_LARGE');
    refused(await post(large, { 'transfer-encoding': 'chunked' }), 413, 'ASIGNIO_TOO_LARGE');
  });

  it('refuses 20 MB by the announcement alone, before a byte of it is sent', async () => {
    const { id, cookie } = await host.begin(SIGN_IN);
    const socket = connect(host.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      `PUT /asignio/ceremonies/${id}/samples/signature HTTP/1.1\r\nHost: app.example\r\nOrigin: ${ORIGIN}\r\n` +
        `Cookie: ${cookie}\r\nContent-Type: ${SIGNATURE_MEDIA_TYPE}\r\nContent-Length: 20000000\r\n\r\n`,
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).to.match(/^HTTP\/1.1 413 /);
    socket.destroy();
    expect(host.core.changes).to.deep.equal(['begin']);
  });

  it('lets 20 MB run past without keeping them, and answers', async () => {
    const { id, cookie } = await host.begin(SIGN_IN);
    const put = (size: number, headers: Record<string, string>) =>
      host.ask({
        method: 'PUT',
        path: `/asignio/ceremonies/${id}/samples/signature`,
        headers: { origin: ORIGIN, cookie, 'content-type': SIGNATURE_MEDIA_TYPE, ...headers },
        body: new Uint8Array(size),
      });
    refused(await put(20_000_000, { 'transfer-encoding': 'chunked' }), 413, 'ASIGNIO_TOO_LARGE');
    refused(await put(20_000_000, {}), 413, 'ASIGNIO_TOO_LARGE');
    refused(await put(SIGNATURE_LIMITS.bytes + 1, {}), 413, 'ASIGNIO_TOO_LARGE');
    expect((await put(SIGNATURE_LIMITS.bytes, { 'transfer-encoding': 'chunked' })).status).to.equal(202);
    expect(host.core.samples[0]).to.have.length(SIGNATURE_LIMITS.bytes);
  });

  it('gives up on a body that does not come', async () => {
    const socket = connect(host.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      `POST /asignio/ceremonies HTTP/1.1\r\nHost: app.example\r\nOrigin: ${ORIGIN}\r\n` +
        `Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"kind":`,
    );
    const answered = once(socket, 'data') as Promise<[Buffer]>;
    await until(() => host.timer.slept.includes(BODY_DEADLINE_MS));
    host.timer.advance(BODY_DEADLINE_MS);
    const [answer] = await answered;
    expect(answer.toString())
      .to.match(/^HTTP\/1.1 400 /)
      .and.to.contain('took too long');
    socket.destroy();
    expect(host.core.changes).to.deep.equal([]);
  });

  it('forgets a body that breaks off, and lives on', async () => {
    const socket = connect(host.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      `POST /asignio/ceremonies HTTP/1.1\r\nHost: app.example\r\nOrigin: ${ORIGIN}\r\n` +
        `Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"kind":`,
    );
    await until(() => host.timer.slept.includes(BODY_DEADLINE_MS));
    socket.resetAndDestroy();
    expect((await post(JSON.stringify(SIGN_IN))).status).to.equal(201);
    expect(host.core.changes).to.deep.equal(['begin']);
  });

  for (const path of [
    '/asignio/ceremonies/%ff',
    '/asignio/ceremonies/%00',
    '/asignio/ceremonies/a%2Fb',
    '/asignio/ceremonies/..%2f..%2fetc%2fpasswd',
    `/asignio/ceremonies/${'a'.repeat(65)}`,
    '/asignio/ceremonies/%F0%9F%92%A9',
    '/asignio/ceremonies/__proto__.x/events',
    '/asignio/subjects/me/consents/%ff/receipt',
    '/asignio/notices/current?language=en&language=de',
    '/asignio/notices/current?language=%ff',
    '/asignio/notices/current?__proto__=1&language[a]=b',
    `/asignio/notices/current?language=${'e'.repeat(40)}`,
  ])
    it(`refuses the address ${path.slice(0, 60)}`, async () => {
      const reply = await host.ask({ path, headers: { origin: ORIGIN, 'x-user': 'ada' } });
      expect(reply.status).to.equal(400);
      expect(reply.json()['code']).to.be.oneOf(['ASIGNIO_REQUEST_INVALID', 'ASIGNIO_ID_INVALID']);
    });

  for (const [method, path] of [
    ['GET', '/asignio/'],
    ['GET', '/asignio/nothing'],
    ['PATCH', '/asignio/ceremonies'],
    ['DELETE', '/asignio/ceremonies'],
    ['PUT', '/asignio/healthz'],
    ['GET', '/asignio/capture/asignio.js'],
  ] as const)
    it(`says by a problem that there is no ${method} ${path}`, async () => {
      const reply = await host.page(method, path);
      expect(reply.status).to.equal(404);
      expect(reply.json()['code']).to.equal('ASIGNIO_NOT_FOUND');
    });
});

describe('a host that parses bodies first', () => {
  it('may have parsed JSON', async () => {
    const host = await startHost({}, (app) => app.use(express.json()));
    expect((await host.begin(SIGN_IN)).reply.status).to.equal(201);
    expect((await host.begin({ ...SIGN_IN, role: 'admin' })).reply.status).to.equal(400);
    await host.close();
  });

  it('may have read the sample raw, within the cap', async () => {
    const host = await startHost({}, (app) => app.use(express.raw({ type: SIGNATURE_MEDIA_TYPE, limit: '30mb' })));
    const { id, cookie } = await host.begin(SIGN_IN);
    expect((await host.sample(id, cookie)).status).to.equal(202);
    await host.close();
  });

  it('is told to mount the router before a parser that took the sample apart', async () => {
    const problems: object[] = [];
    const logger = { warn: () => undefined, error: (fields: object) => problems.push(fields) };
    const host = await startHost({ logger }, (app) => app.use(express.json({ type: () => true })));
    const { id, cookie } = await host.begin(SIGN_IN);
    const reply = await host.sample(id, cookie);
    expect(reply.status).to.equal(500);
    expect(JSON.stringify(problems)).to.contain('mount asignio before it');
    await host.close();
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
