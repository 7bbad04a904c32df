import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { expect } from 'chai';
import { ORIGIN, startHost } from './support/app.js';
import type { Host } from './support/app.js';

const SIGN_IN = { kind: 'verification', modalities: ['signature'], subject: 'ada' };

describe('the stream of a ceremony’s states', () => {
  let host: Host;
  let id: string;
  let cookie: string;
  beforeEach(async () => {
    host = await startHost();
    ({ id, cookie } = await host.begin(SIGN_IN));
    host.timer.instant = false;
  });
  afterEach(() => host.close());

  const open = (method = 'GET'): Promise<Stream> =>
    openStream(host.port, `/asignio/ceremonies/${id}/events`, cookie, method);
  const poll = async (): Promise<void> => {
    await turn();
    host.timer.advance(500);
    await turn();
  };

  it('tells each change once, and ends with the decision', async () => {
    const stream = await open();
    await poll();
    await poll();
    host.core.set(id, 'deciding');
    await poll();
    host.core.set(id, 'decided', 'inconclusive');
    await poll();
    await stream.ended;
    expect(stream.response.headers['content-type']).to.contain('text/event-stream');
    expect(stream.response.headers['cache-control']).to.contain('no-store');
    const events = stream.text().trim().split('\n\n');
    expect(events.every((event) => event.startsWith('event: state\ndata: {'))).to.equal(true);
    const views = events.map(
      (event) => JSON.parse(event.slice(event.indexOf('{'))) as { state: string; decision?: string },
    );
    expect(views.map((view) => view.state)).to.deep.equal(['open', 'deciding', 'decided']);
    expect(views.at(-1)?.decision).to.equal('rejected');
  });

  it('ends when the ceremony expires', async () => {
    const stream = await open();
    host.core.set(id, 'expired');
    await poll();
    await stream.ended;
    expect(stream.text()).to.contain('"state":"expired"');
  });

  it('ends after five minutes at the latest, with signs of life until then', async () => {
    const stream = await open();
    for (let at = 0; at < 300_000; at += 500) await poll();
    await stream.ended;
    expect(
      stream
        .text()
        .split('\n')
        .filter((line) => line === ':'),
    ).to.have.length.within(15, 20);
  });

  it('is closed on our side when the browser goes, and its place is free again', async () => {
    const streams = [await open(), await open(), await open(), await open()];
    const fifth = await host.page('GET', `/asignio/ceremonies/${id}/events`, { headers: { cookie } });
    expect(fifth.status).to.equal(429);
    expect(fifth.headers['retry-after']).to.equal('1');
    for (const stream of streams) stream.response.destroy();
    await turn(20);
    const looked = host.core.handles.length;
    await poll();
    await poll();
    expect(host.core.handles).to.have.length(looked);
    const again = await open();
    expect(again.response.statusCode).to.equal(200);
    again.response.destroy();
  });

  it('ends without a word of it when the store fails', async () => {
    const stream = await open();
    host.core.script.view = new Error('canary');
    await poll();
    await stream.ended;
    expect(stream.text()).to.not.contain('canary');
    delete host.core.script.view;
    const next = await open();
    expect(next.response.statusCode).to.equal(200);
    next.response.destroy();
  });

  it('is not opened by a request for its headers alone', async () => {
    const head = await open('HEAD');
    await head.ended;
    expect(head.response.statusCode).to.equal(200);
    expect(head.text()).to.equal('');
  });
});

interface Stream {
  readonly response: IncomingMessage;
  readonly ended: Promise<void>;
  text(): string;
}

function openStream(port: number, path: string, cookie: string, method: string): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const headers = { origin: ORIGIN, cookie };
    const outgoing = request({ host: '127.0.0.1', port, path, headers, method, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      const ended = new Promise<void>((done) => {
        response.once('close', done);
      });
      resolve({ response, ended, text: () => text });
    });
    outgoing.on('error', reject).end();
  });
}

/** Lets whatever is ready to happen happen. */
async function turn(times = 4): Promise<void> {
  for (let at = 0; at < times; at += 1) await new Promise((resolve) => setImmediate(resolve));
}
