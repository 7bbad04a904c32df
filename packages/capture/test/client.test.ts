import { expect } from 'chai';
import { AsignioClient } from '#src/client/client.js';
import { ConnectionError, ProblemError, retryAfter } from '#src/client/problem.js';
import { SIGNATURE_MEDIA_TYPE, type SignatureSample } from '#src/sample/format.js';

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

function answering(status: number, body: string, headers: Record<string, string> = {}) {
  const sent: Sent[] = [];
  const client = new AsignioClient('/asignio/', async (url, init) => {
    sent.push({ url, init });
    return new Response(body, { status, headers });
  });
  return { client, sent };
}

async function refusal(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('It was not refused');
}

const SAMPLE: SignatureSample = {
  format: 'asignio-signature/1',
  pointerType: 'finger',
  canvas: { width: 1, height: 1 },
  pixelRatio: 1,
  x: [0],
  y: [0],
  t: [0],
  pressure: [null],
  pen: [0],
};

describe('the client', () => {
  it('begins a ceremony for the name typed, and for nobody where none was', async () => {
    const { client, sent } = answering(201, '{"id":"a"}');
    await client.begin({ kind: 'verification', subject: 'ada' });
    await client.begin({ kind: 'enrolment' });
    expect(sent.map(({ url }) => url)).to.deep.equal(['/asignio/ceremonies', '/asignio/ceremonies']);
    expect(sent.map(({ init }) => JSON.parse(init.body as string) as unknown)).to.deep.equal([
      { kind: 'verification', subject: 'ada', modalities: ['signature'] },
      { kind: 'enrolment', modalities: ['signature'] },
    ]);
  });

  it('sends a drawing under its own media type, to the page’s own origin alone', async () => {
    const { client, sent } = answering(202, '{"needed":1,"received":1}');
    await client.submit('a/../b', SAMPLE);
    expect(sent[0]?.url).to.equal('/asignio/ceremonies/a%2F..%2Fb/samples/signature');
    expect(sent[0]?.init.headers).to.include({ 'Content-Type': SIGNATURE_MEDIA_TYPE });
    expect(sent[0]?.init).to.include({ method: 'PUT', credentials: 'same-origin', redirect: 'error' });
  });

  it('sends nothing along with a deletion', async () => {
    const { client, sent } = answering(200, '{"certificate":"a.b.c"}');
    expect(await client.erase()).to.deep.equal({ certificate: 'a.b.c' });
    expect(sent[0]?.init.body).to.equal(undefined);
  });

  it('gives a refusal its code, findings and waiting time', async () => {
    const problem = {
      code: 'ASIGNIO_QUALITY_TOO_SHORT',
      title: 'The drawing is too short',
      remedy: 'Draw a little more.',
      findings: [{ code: 'ASIGNIO_QUALITY_TOO_SHORT', message: 'Draw a little more.' }, 'odd', { message: 'no code' }],
    };
    const { client } = answering(422, JSON.stringify(problem), { 'Retry-After': '7' });
    const error = await refusal(client.submit('a', SAMPLE));
    expect(error).to.be.instanceOf(ProblemError);
    expect(error).to.include({ code: 'ASIGNIO_QUALITY_TOO_SHORT', status: 422, retryAfterMs: 7000 });
    expect((error as ProblemError).findings).to.deep.equal([problem.findings[0]]);
  });

  it('takes an answer that is not of this API for a refusal without a reason', async () => {
    for (const [status, body] of [
      [502, '<html>Bad gateway</html>'],
      [200, '<html>Log in to the hotel network</html>'],
      [200, '[1]'],
      [500, 'null'],
    ] as const) {
      const error = await refusal(answering(status, body).client.view('a'));
      expect(error, body).to.be.instanceOf(ProblemError);
      expect((error as ProblemError).code).to.equal('ASIGNIO_INTERNAL');
    }
  });

  it('tells a broken line from a refusal', async () => {
    const client = new AsignioClient('', async () => {
      throw new TypeError('Failed to fetch');
    });
    expect(await refusal(client.view('a'))).to.be.instanceOf(ConnectionError);
  });

  it('reads Retry-After in seconds and as a date', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(retryAfter('30', now)).to.equal(30_000);
    expect(retryAfter('Thu, 01 Jan 2026 00:00:05 GMT', now)).to.equal(5_000);
    expect(retryAfter('Thu, 01 Jan 2020 00:00:05 GMT', now)).to.equal(0);
    expect(retryAfter('later', now)).to.equal(undefined);
    expect(retryAfter(null, now)).to.equal(undefined);
  });
});
