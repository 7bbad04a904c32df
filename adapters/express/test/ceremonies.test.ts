import { AsignioError } from '@asignio/contracts';
import { ceremonyAnswer, problemAnswer, promptAnswer, receivedAnswer } from '#src/document/schemas.js';
import { expect } from 'chai';
import { startHost } from './support/app.js';
import type { Host } from './support/app.js';

const SIGN_IN = { kind: 'verification', modalities: ['signature'], subject: 'ada' };
const ENROL = { kind: 'enrolment', modalities: ['signature'] };
const ADA = { 'x-user': 'ada' };

describe('ceremonies over HTTP', () => {
  let host: Host;
  beforeEach(async () => {
    host = await startHost();
  });
  afterEach(() => host.close());

  it('goes from a typed name to an accepted verification', async () => {
    const { id, cookie, reply } = await host.begin(SIGN_IN);
    expect(reply.status).to.equal(201);
    expect(ceremonyAnswer.validate(reply.json()).error).to.equal(undefined);
    expect(reply.json()).to.deep.include({ state: 'open', samples: { signature: { needed: 1, received: 0 } } });

    const sample = await host.sample(id, cookie);
    expect(sample.status).to.equal(202);
    expect(receivedAnswer.validate(sample.json()).error).to.equal(undefined);

    const done = await host.page('POST', `/asignio/ceremonies/${id}/complete`, { json: {}, headers: { cookie } });
    expect(done.status).to.equal(200);
    expect(done.json()).to.deep.include({ id, state: 'decided', decision: 'accepted' });
  });

  it('takes five samples into an enrolment of who is signed in', async () => {
    const { id, cookie } = await host.begin(ENROL, ADA);
    for (const received of [1, 2, 3, 4, 5]) {
      const reply = await host.sample(id, cookie, ADA);
      expect(reply.status).to.equal(200);
      expect(reply.json()).to.deep.equal({ needed: 5, received });
    }
    const done = await host.page('POST', `/asignio/ceremonies/${id}/complete`, {
      json: {},
      headers: { cookie, ...ADA },
    });
    expect(done.json()).to.deep.include({ decision: 'accepted' });
    expect(host.core.begun[0]).to.deep.include({ subject: 'ada', signedIn: true, origin: 'https://app.example' });
    expect(host.core.handles.every((handle) => handle.requester === 'ada')).to.equal(true);
  });

  it('hands the sample to the core byte for byte, and wipes its own afterwards', async () => {
    const { id, cookie } = await host.begin(SIGN_IN);
    await host.sample(id, cookie);
    expect(Buffer.from(host.core.samples[0] ?? []).toString()).to.equal('{"format":"asignio-signature/1"}');
    expect(host.core.handed[0]?.every((byte) => byte === 0)).to.equal(true);
  });

  it('hands answers to prompts on, and gives the next prompt', async () => {
    const { id, cookie } = await host.begin(SIGN_IN);
    const path = `/asignio/ceremonies/${id}/prompts/signature`;
    const ask = (json: unknown) => host.page('POST', path, { json, headers: { cookie } });
    const first = await ask({});
    expect(first.status).to.equal(200);
    expect(promptAnswer.validate(first.json()).error).to.equal(undefined);
    const next = await ask({ step: 0, commitment: 'c'.repeat(43) });
    expect(next.json()).to.deep.include({ step: 1, prompt: 'blink' });
    const answer = { step: 0, commitment: 'c'.repeat(43) };
    const drawn = { sha256: 'd'.repeat(43), from: 100, to: 2_400 };
    for (const wrong of [
      { step: 0 },
      { commitment: 'c'.repeat(43) },
      { ...answer, step: -1 },
      { sample: drawn },
      { ...answer, beside: 'signature' },
      { beside: 'iris' },
      { ...answer, sample: { ...drawn, from: -1 } },
      { ...answer, sample: { ...drawn, to: 0.5 } },
      { ...answer, sample: { ...drawn, sha256: 'short' } },
      { ...answer, sample: { from: 1, to: 2 } },
    ])
      expect((await ask(wrong)).status, JSON.stringify(wrong)).to.equal(400);
    expect((await ask({ step: 0, commitment: 'short' })).json()['code']).to.equal('ASIGNIO_REQUEST_INVALID');
    expect(host.core.changes.filter((change) => change === 'prompt')).to.have.length(2);
    expect((await ask({ beside: 'signature' })).status).to.equal(200);
    expect((await ask({ ...answer, sample: drawn })).status).to.equal(200);
  });

  it('neither prompts for nor takes a modality that is not installed', async () => {
    const { id, cookie } = await host.begin(SIGN_IN);
    for (const [method, what] of [
      ['POST', 'prompts'],
      ['PUT', 'samples'],
    ] as const) {
      const reply = await host.page(method, `/asignio/ceremonies/${id}/${what}/face`, {
        json: {},
        headers: { cookie },
      });
      expect(reply.json()['code']).to.equal('ASIGNIO_MODALITY_UNAVAILABLE');
    }
    expect(host.core.changes).to.deep.equal(['begin']);
  });

  it('asks for a sign-in before an enrolment', async () => {
    const { reply } = await host.begin(ENROL);
    expect(reply.status).to.equal(401);
    expect(reply.json()['code']).to.equal('ASIGNIO_SIGN_IN_REQUIRED');
    expect(host.core.changes).to.deep.equal([]);
  });

  it('takes the subject of a step-up from the session alone', async () => {
    const stepUp = { kind: 'verification', modalities: ['signature'] };
    await host.begin(stepUp, ADA);
    expect(host.core.begun[0]).to.deep.include({ subject: 'ada', signedIn: true });
    for (const body of [
      { ...stepUp, subject: 'bob' },
      { ...ENROL, subject: 'bob' },
    ]) {
      const { reply } = await host.begin(body, ADA);
      expect(reply.status).to.equal(400);
      expect(reply.json()['detail']).to.contain('`subject`');
    }
    expect(host.core.begun).to.have.length(1);
  });

  it('asks for a name where nobody is signed in', async () => {
    const { reply } = await host.begin({ kind: 'verification', modalities: ['signature'] });
    expect(reply.status).to.equal(400);
    expect(reply.json()['detail']).to.contain('`subject`');
  });

  it('passes the assurance on', async () => {
    await host.begin({ ...SIGN_IN, assurance: 'signature-strict' });
    expect(host.core.begun[0]?.assurance).to.equal('signature-strict');
  });

  it('says why an enrolment sample is refused, with findings', async () => {
    const { id, cookie } = await host.begin(ENROL, ADA);
    const findings = [{ code: 'ASIGNIO_QUALITY_TOO_SHORT', message: 'Draw a little more.' }];
    host.core.script.submit = new AsignioError('ASIGNIO_QUALITY_TOO_SHORT', undefined, { findings });
    const reply = await host.sample(id, cookie, ADA);
    expect(reply.status).to.equal(422);
    expect(reply.headers['content-type']).to.contain('application/problem+json');
    expect(problemAnswer.validate(reply.json()).error).to.equal(undefined);
    expect(reply.json()['findings']).to.deep.equal(findings);
  });

  it('has one body for whatever is not an acceptance', async () => {
    const bodies = [];
    for (const detail of [undefined, 'rejected with 3.2', 'not enrolled']) {
      const { id, cookie } = await host.begin(SIGN_IN);
      await host.sample(id, cookie);
      host.core.script.complete = new AsignioError('ASIGNIO_NOT_VERIFIED', detail, {
        findings: [{ code: 'ASIGNIO_QUALITY_TOO_SHORT', message: 'Too short' }],
        retryAfterMs: 7_000,
      });
      const reply = await host.page('POST', `/asignio/ceremonies/${id}/complete`, { json: {}, headers: { cookie } });
      expect(reply.status).to.equal(401);
      expect(reply.headers['retry-after']).to.equal(undefined);
      const { instance, ...rest } = reply.json();
      expect(instance).to.match(/^urn:uuid:/);
      bodies.push(rest);
      const after = await host.page('GET', `/asignio/ceremonies/${id}`, { headers: { cookie } });
      expect(after.json()['decision']).to.equal('rejected');
    }
    expect(bodies[1]).to.deep.equal(bodies[0]);
    expect(bodies[2]).to.deep.equal(bodies[0]);
  });

  it('decides once: a second completion and a second sample are out of order', async () => {
    const { id, cookie } = await host.begin(SIGN_IN);
    await host.sample(id, cookie);
    expect((await host.sample(id, cookie)).status).to.equal(409);
    const complete = () => host.page('POST', `/asignio/ceremonies/${id}/complete`, { json: {}, headers: { cookie } });
    const both = await Promise.all([complete(), complete()]);
    expect(both.map((reply) => reply.status)).to.have.members([200, 409]);
    expect(host.core.changes).to.deep.equal(['begin', 'submit', 'complete']);
  });

  it('tells how long to wait, in whole seconds rounded up', async () => {
    host.core.script.begin = new AsignioError('ASIGNIO_ATTEMPTS_WAIT', undefined, { retryAfterMs: 29_001 });
    const { reply } = await host.begin(SIGN_IN);
    expect(reply.status).to.equal(429);
    expect(reply.headers['retry-after']).to.equal('30');
  });

  it('refuses a modality that it cannot record or the core does not have', async () => {
    const { id, cookie } = await host.begin(SIGN_IN);
    const reply = await host.page('PUT', `/asignio/ceremonies/${id}/samples/face`, { json: {}, headers: { cookie } });
    expect(reply.status).to.equal(400);
    expect(reply.json()['code']).to.equal('ASIGNIO_MODALITY_UNAVAILABLE');
    const odd = await host.page('PUT', `/asignio/ceremonies/${id}/samples/gait`, { json: {}, headers: { cookie } });
    expect(odd.status).to.equal(400);
  });
});

describe('a typed name', () => {
  const ids = new Map([['ada', 'subject-1']]);
  let host: Host;
  beforeEach(async () => {
    host = await startHost({ resolveSubject: async (_req, typed) => ids.get(typed) });
  });
  afterEach(() => host.close());

  const begin = async (subject: string) => (await host.begin({ ...SIGN_IN, subject })).reply;

  it('becomes the host’s stable id', async () => {
    await begin('ada');
    expect(host.core.begun[0]?.subject).to.equal('subject-1');
  });

  it('that nobody has looks like one that somebody has, and is counted by what was typed', async () => {
    const known = await begin('ada');
    const unknown = await begin('eve');
    await begin('eve');
    await begin('mallory');
    expect(unknown.status).to.equal(known.status);
    expect(Object.keys(unknown.json())).to.deep.equal(Object.keys(known.json()));
    const [, eve, again, mallory] = host.core.begun.map((request) => request.subject);
    expect(again).to.equal(eve);
    expect(mallory).to.not.equal(eve);
  });

  it('that happens to be somebody’s stable id does not reach that subject', async () => {
    await begin('subject-1');
    expect(host.core.begun[0]?.subject).to.not.equal('subject-1');
  });

  it('in two spellings of Unicode is one name', async () => {
    await begin('Zoe\u0308');
    await begin('Zo\u00eb');
    expect(host.core.begun[0]?.subject).to.equal(host.core.begun[1]?.subject);
  });
});
