import { requireAssurance } from '@asignio/passport';
import type { RequireAssuranceOptions } from '@asignio/passport';
import { expect } from 'chai';
import type { Browser, Host } from './support/app.js';
import { COOKIE, ID, startHost } from './support/app.js';

describe('stepping up a session', () => {
  let host: Host;
  let browser: Browser;
  beforeEach(async () => {
    host = await startHost();
    browser = host.browser();
    browser.setCookie(COOKIE, 's3cret');
    await browser.post('/password', { id: 'ada' });
    await browser.post('/basket');
  });
  afterEach(() => host.close());

  const accept = (subject: string, begunBy?: string): void =>
    host.ceremonies.accept({ id: ID, binding: 's3cret', subject, ...(begunBy === undefined ? {} : { begunBy }) });

  it('keeps what the session holds, changes its id, and remembers the proof', async () => {
    accept('ada', 'ada');
    const before = browser.cookie('connect.sid');
    const reply = await browser.post('/confirm', { ceremony: ID });
    expect(reply.json()).to.deep.include({ user: { id: 'ada' }, basket: 'a book' });
    expect(browser.cookie('connect.sid')).to.not.equal(before);
    const me = (await browser.get('/me')).json();
    expect(me).to.deep.include({ user: { id: 'ada' }, basket: 'a book' });
    expect(me['proof']).to.deep.include({ subject: 'ada', ceremony: ID });
    expect(host.ceremonies.handles[0]?.requester).to.equal('ada');
  });

  it('refuses a ceremony of another subject, whoever began it, and leaves the session as it was', async () => {
    const before = browser.cookie('connect.sid');
    for (const begunBy of ['bob', undefined]) {
      accept('bob', begunBy);
      const reply = await browser.post('/confirm', { ceremony: ID });
      expect(reply.status).to.equal(403);
      browser.setCookie(COOKIE, 's3cret');
    }
    expect((await browser.get('/me')).json()).to.deep.include({ user: { id: 'ada' }, basket: 'a book', proof: null });
    expect(browser.cookie('connect.sid')).to.equal(before);
  });

  it('needs somebody signed in', async () => {
    accept('ada');
    const stranger = host.browser();
    stranger.setCookie(COOKIE, 's3cret');
    expect((await stranger.post('/confirm', { ceremony: ID })).status).to.equal(401);
    expect(host.ceremonies.handles).to.deep.equal([]);
  });

  it('tells the host that its option `subject` is wrong, rather than fail the person', async () => {
    const odd = await startHost({ subject: () => undefined as unknown as string });
    const visitor = odd.browser();
    visitor.setCookie(COOKIE, 's3cret');
    await visitor.post('/password', { id: 'ada' });
    const reply = await visitor.post('/confirm', { ceremony: ID });
    expect(reply.status).to.equal(500);
    expect(reply.json()['code']).to.equal('ASIGNIO_OPTION_INVALID');
    await odd.close();
  });

  it('is not what a plain sign-in does: that one begins with an empty session', async () => {
    accept('ada');
    expect((await browser.post('/sign-in', { ceremony: ID })).json()['basket']).to.equal(null);
  });
});

describe('a route that requires an assurance', () => {
  let host: Host;
  let browser: Browser;
  beforeEach(async () => {
    host = await startHost();
    host.ceremonies.accept({ id: ID, binding: 's3cret', subject: 'ada' });
    browser = host.browser();
    browser.setCookie(COOKIE, 's3cret');
  });
  afterEach(() => host.close());

  const signIn = () => browser.post('/sign-in', { ceremony: ID });

  it('lets through who was verified to it', async () => {
    await signIn();
    expect((await browser.get('/secret')).json()).to.deep.equal({ secret: true });
  });

  it('answers a stranger by a problem', async () => {
    const reply = await browser.get('/secret');
    expect(reply.status).to.equal(401);
    expect(reply.json()).to.deep.include({ code: 'ASIGNIO_SIGN_IN_REQUIRED', status: 401 });
  });

  it('hands who signed in another way to the error handler', async () => {
    await browser.post('/password', { id: 'ada' });
    const reply = await browser.get('/secret');
    expect(reply.status).to.equal(403);
    expect(reply.json()).to.deep.equal({
      error: 'This needs the assurance signature',
      code: 'ASIGNIO_ASSURANCE_REQUIRED',
    });
  });

  it('sends elsewhere who was verified to less', async () => {
    await signIn();
    const reply = await browser.get('/strict');
    expect(reply.status).to.equal(303);
    expect(reply.location).to.equal('/confirm?to=/strict');
  });

  it('sets an age', async () => {
    await signIn();
    host.clock.now = host.ceremonies.at + 60_000;
    expect((await browser.get('/recent')).status).to.equal(200);
    host.clock.now += 1;
    expect((await browser.get('/recent')).status).to.equal(403);
    expect((await browser.get('/secret')).status).to.equal(200);
  });

  it('does not trust a proof from the future, beyond what clocks differ', async () => {
    await signIn();
    host.clock.now = host.ceremonies.at - 60_000;
    expect((await browser.get('/secret')).status).to.equal(200);
    host.clock.now -= 1;
    expect((await browser.get('/secret')).status).to.equal(403);
  });

  it('works without a session, in the very request', async () => {
    expect((await browser.post('/api/sign-in', { ceremony: ID })).status).to.equal(200);
  });

  it('forgets at logout', async () => {
    await signIn();
    await browser.post('/logout');
    expect((await browser.get('/secret')).status).to.equal(401);
    expect((await browser.get('/me')).json()).to.deep.include({ stored: null, proof: null });
  });

  it('forgets at logout even where the host keeps the session over it, and the same person signs in another way', async () => {
    await signIn();
    await browser.post('/logout', { keep: '1' });
    expect((await browser.get('/secret')).status).to.equal(401);
    await browser.post('/password', { id: 'ada', keep: '1' });
    expect((await browser.get('/me')).json()['stored']).to.deep.include({ subject: 'ada' });
    expect((await browser.get('/secret')).status).to.equal(403);
  });

  it('forgets when somebody else signs in over it', async () => {
    await signIn();
    await browser.post('/password', { id: 'bob', keep: '1' });
    expect((await browser.get('/secret')).status).to.equal(403);
  });

  for (const [what, name, options] of [
    ['no name', '', {}],
    ['an age of nothing', 'signature', { maxAgeMs: 0 }],
    ['an age that is no number', 'signature', { maxAgeMs: Number.NaN }],
    ['an age in words', 'signature', { maxAgeMs: '5m' }],
  ] as const)
    it(`cannot be made with ${what}`, () => {
      expect(() => requireAssurance(name, options as unknown as RequireAssuranceOptions)).to.throw('The option `');
    });

  for (const stored of [
    'yes',
    {},
    { subject: 'ada' },
    { subject: 'ada', acr: '', amr: [], assurance: 'signature', at: 0, ceremony: '', login: '' },
    { subject: 'ada', acr: '', amr: [], assurance: ['signature'], at: 'now', ceremony: '', login: '' },
    { subject: 'ada', acr: '', amr: [], assurance: ['signature'], at: 1_000_000, ceremony: '', login: 'guess' },
  ])
    it(`takes nothing else in the session for a proof: ${JSON.stringify(stored).slice(0, 60)}`, async () => {
      const odd = await startHost({}, (app) =>
        app.post('/plant', (req, res) => {
          (req.session as { asignio?: unknown }).asignio = stored;
          res.json({});
        }),
      );
      const visitor = odd.browser();
      await visitor.post('/password', { id: 'ada' });
      await visitor.post('/plant');
      expect((await visitor.get('/secret')).status).to.equal(403);
      await odd.close();
    });
});
