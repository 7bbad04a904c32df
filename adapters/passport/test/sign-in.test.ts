import { AsignioError } from '@asignio/contracts';
import { AsignioStrategy } from '@asignio/passport';
import type { AsignioStrategyOptions } from '@asignio/passport';
import { expect } from 'chai';
import sinon from 'sinon';
import { Browser, COOKIE, ID, ORIGIN, startHost } from './support/app.js';
import type { Host } from './support/app.js';
import { FakeCeremonies } from './support/fake-ceremonies.js';

const INFO = {
  acr: 'urn:asignio:acr:signature',
  amr: ['signature'],
  assurance: ['signature'],
  at: 1_000_000,
  ceremony: ID,
};

describe('signing in with Passport', () => {
  let host: Host;
  let browser: Browser;
  beforeEach(async () => {
    host = await startHost();
    host.ceremonies.accept({ id: ID, binding: 's3cret', subject: 'ada' });
    browser = host.browser();
    browser.setCookie(COOKIE, 's3cret');
  });
  afterEach(() => host.close());

  it('redeems the ceremony of this browser, and says how', async () => {
    const reply = await browser.post('/sign-in', { ceremony: ID });
    expect(reply.status).to.equal(200);
    expect(reply.json()).to.deep.include({ user: { id: 'ada' }, info: INFO, proof: { subject: 'ada', ...INFO } });
    expect(host.ceremonies.handles[0]).to.deep.equal({ tenant: 'default', id: ID, binding: 's3cret', origin: ORIGIN });
  });

  it('63B-4 3.2.3: brings the authenticator that the host has verified, where there is one', async () => {
    await browser.post('/sign-in', { ceremony: ID });
    expect(host.ceremonies.authenticators).to.deep.equal([undefined]);
    const other = await startHost({ authenticator: () => ({ factor: 'passkey', at: 5 }) });
    other.ceremonies.accept({ id: ID, binding: 's3cret', subject: 'ada' });
    const second = other.browser();
    second.setCookie(COOKIE, 's3cret');
    await second.post('/sign-in', { ceremony: ID });
    expect(other.ceremonies.authenticators).to.deep.equal([{ factor: 'passkey', at: 5 }]);
    await other.close();
  });

  it('is remembered by the session, after its id has changed', async () => {
    await browser.get('/me');
    const before = browser.cookie('connect.sid');
    await browser.post('/sign-in', { ceremony: ID });
    expect(browser.cookie('connect.sid')).to.not.equal(before);
    const me = (await browser.get('/me')).json();
    expect(me).to.deep.include({ user: { id: 'ada' }, info: null, proof: { subject: 'ada', ...INFO } });
    expect(me['stored']).to.deep.include({ subject: 'ada', ...INFO });
  });

  it('takes the ceremony from the query, too, but never without knowing where the request comes from', async () => {
    expect((await browser.get(`/sign-in?ceremony=${ID}`)).location).to.equal('/failed');
    const reply = await browser.get(`/sign-in?ceremony=${ID}`, { origin: ORIGIN });
    expect(reply.json()['user']).to.deep.equal({ id: 'ada' });
  });

  it('works once', async () => {
    await browser.post('/sign-in', { ceremony: ID });
    const other = host.browser();
    other.setCookie(COOKIE, 's3cret');
    expect((await other.post('/sign-in', { ceremony: ID })).location).to.equal('/failed');
    expect((await other.get('/me')).json()['user']).to.equal(null);
  });

  it('drops the cookie of the ceremony, which is over', async () => {
    const { cookies } = await browser.post('/sign-in', { ceremony: ID });
    expect(cookies.some((cookie) => cookie.startsWith(`${COOKIE}=; Max-Age=0`))).to.equal(true);
    expect(browser.cookie(COOKIE)).to.equal(undefined);
  });

  for (const [what, form, headers, cookie] of [
    ['without the ceremony', {}, {}, 's3cret'],
    ['with a ceremony that is malformed', { ceremony: '../x' }, {}, 's3cret'],
    ['with two ceremonies', { 'ceremony[]': ID }, {}, 's3cret'],
    ['with a ceremony on a prototype', { '__proto__[ceremony]': ID }, {}, 's3cret'],
    ['without the cookie', { ceremony: ID }, {}, undefined],
    ['with another browser’s cookie', { ceremony: ID }, {}, 'other'],
    [
      'with a second cookie planted beside the first',
      { ceremony: ID },
      { cookie: `${COOKIE}=s3cret; ${COOKIE}=x` },
      's3cret',
    ],
    ['from another origin', { ceremony: ID }, { origin: 'https://evil.example' }, 's3cret'],
    ['from an opaque origin', { ceremony: ID }, { origin: 'null' }, 's3cret'],
  ] as const)
    it(`fails ${what}`, async () => {
      const jar = host.browser();
      if (cookie !== undefined) jar.setCookie(COOKIE, cookie);
      const reply = await jar.post('/sign-in', form, headers);
      expect(reply.status).to.equal(302);
      expect(reply.location).to.equal('/failed');
      expect((await jar.get('/me')).json()).to.deep.include({ user: null, proof: null });
    });

  it('needs a body parser, and says so', async () => {
    const failed = sinon.spy();
    const reply = await browser.get('/sign-in', { origin: ORIGIN });
    expect(reply.location).to.equal('/failed');
    await direct({}, {}, { fail: failed });
    expect(failed.firstCall.args[0].message).to.contain('`ceremony`');
  });

  it('without a session leaves only what req.authInfo says', async () => {
    const reply = await browser.post('/api/sign-in', { ceremony: ID });
    expect(reply.json()).to.deep.include({ user: { id: 'ada' }, info: INFO, stored: null });
    expect((await browser.get('/me')).json()).to.deep.include({ user: null, proof: null });
  });

  it('answers 401 by itself where the host has no page for failures', async () => {
    host.ceremonies.failure = new AsignioError('ASIGNIO_NOT_VERIFIED');
    const reply = await browser.post('/api/sign-in', { ceremony: ID });
    expect(reply.status).to.equal(401);
  });

  it('hands trouble of ours to the error handler, as an error and not as a failure', async () => {
    for (const failure of [new AsignioError('ASIGNIO_STORAGE_UNAVAILABLE'), new TypeError('oops')]) {
      host.ceremonies.failure = failure;
      const reply = await browser.post('/sign-in', { ceremony: ID });
      expect(reply.status).to.be.oneOf([500, 503]);
    }
  });
});

describe('the user of a proof', () => {
  it('is looked up by the host', async () => {
    const { host, browser } = await accept({
      user: async (proof) => ({ id: 'ada', uid: proof.subject }),
      subject: (user) => (user as { uid?: string }).uid ?? '',
    });
    const reply = await browser.post('/sign-in', { ceremony: ID });
    expect(reply.json()['user']).to.deep.equal({ id: 'ada', uid: 'subject-1' });
    expect(reply.json()['stored']).to.deep.include({ subject: 'subject-1' });
    await host.close();
  });

  for (const nobody of [undefined, null, false] as const)
    it(`may be ${String(nobody)}: a failure`, async () => {
      const { host, browser } = await accept({ user: () => nobody });
      expect((await browser.post('/sign-in', { ceremony: ID })).location).to.equal('/failed');
      await host.close();
    });

  it('may fail to be looked up: an error', async () => {
    const { host, browser } = await accept({ user: () => Promise.reject(new Error('directory down')) });
    expect((await browser.post('/sign-in', { ceremony: ID })).status).to.equal(500);
    await host.close();
  });
});

describe('the reason of a failure', () => {
  for (const code of ['ASIGNIO_NOT_VERIFIED', 'ASIGNIO_CEREMONY_EXPIRED', 'ASIGNIO_CEREMONY_USED'] as const)
    it(`can be shown for ${code}, and is no challenge`, async () => {
      const ceremonies = new FakeCeremonies();
      ceremonies.failure = new AsignioError(code);
      const actions = await direct(
        { core: ceremonies.core },
        { body: { ceremony: ID }, headers: { cookie: `${COOKIE}=x` } },
      );
      expect(actions.success.called || actions.error.called).to.equal(false);
      const [info, status] = actions.fail.firstCall.args as [{ message: string; code: string }, number];
      expect(info.code).to.equal(code);
      expect(info.message).to.match(/^[A-Z].*\. [A-Z].*\.$/);
      expect(status).to.equal(new AsignioError(code).status);
    });
});

describe('one call of the strategy', () => {
  it('ends in one action, whatever the core does', async () => {
    const outcomes: unknown[] = [
      undefined,
      new AsignioError('ASIGNIO_NOT_VERIFIED'),
      new AsignioError('ASIGNIO_STORAGE_UNAVAILABLE'),
      new Error('oops'),
      'a string',
      null,
    ];
    for (const failure of outcomes) {
      const ceremonies = new FakeCeremonies();
      ceremonies.failure = failure;
      ceremonies.accept({ id: ID, binding: 'x', subject: 'ada' });
      const request = { body: { ceremony: ID }, headers: { cookie: `${COOKIE}=x` } };
      const { success, fail, error } = await direct({ core: ceremonies.core }, request);
      expect(success.callCount + fail.callCount + error.callCount).to.equal(1);
      if (error.called) expect(error.firstCall.args[0]).to.be.instanceOf(Error);
    }
  });

  it('does not call again, nor kill the process, when the host’s callback throws', async () => {
    const host = await startHost({}, (app, passport) => {
      app.post('/throws', (req, res, next) => {
        passport.authenticate('asignio', () => {
          throw new Error('in the callback');
        })(req, res, next);
      });
    });
    const reply = await host.browser().post('/throws', { ceremony: ID });
    expect(reply.status).to.equal(500);
    expect(reply.json()['error']).to.equal('in the callback');
    await host.close();
  });

  it('remembers the proof also where the host signs in by a callback of its own', async () => {
    const host = await startHost({}, (app, passport) => {
      app.post('/own', (req, res, next) => {
        passport.authenticate('asignio', (_error: unknown, user: Express.User) => {
          req.logIn(user, () => res.json({}));
        })(req, res, next);
      });
    });
    host.ceremonies.accept({ id: ID, binding: 's3cret', subject: 'ada' });
    const browser = host.browser();
    browser.setCookie(COOKIE, 's3cret');
    await browser.post('/own', { ceremony: ID });
    expect((await browser.get('/me')).json()['proof']).to.deep.include({ subject: 'ada', ceremony: ID });
    await host.close();
  });
});

describe('a host that signs in somebody else instead', () => {
  it('has nothing remembered of them', async () => {
    const host = await startHost({}, (app, passport) => {
      app.post('/other', (req, res, next) => {
        passport.authenticate('asignio', () => {
          req.logIn({ id: 'bob' }, () => res.json({}));
        })(req, res, next);
      });
    });
    host.ceremonies.accept({ id: ID, binding: 's3cret', subject: 'ada' });
    const browser = host.browser();
    browser.setCookie(COOKIE, 's3cret');
    await browser.post('/other', { ceremony: ID });
    expect((await browser.get('/me')).json()).to.deep.include({ user: { id: 'bob' }, stored: null, proof: null });
    await host.close();
  });
});

describe('options of AsignioStrategy', () => {
  const good = { core: new FakeCeremonies().core, origins: [ORIGIN] };

  for (const [option, value] of [
    ['core', undefined],
    ['core', {}],
    ['origins', undefined],
    ['origins', []],
    ['origins', ['app.example']],
    ['origins', [`${ORIGIN}/`]],
    ['tenant', ''],
    ['tenant', 7],
    ['user', {}],
    ['subject', 'id'],
    ['name', ''],
  ] as const)
    it(`are refused with the name of \`${option}\` where it is ${JSON.stringify(value) ?? 'missing'}`, () => {
      const options = { ...good, [option]: value } as unknown as AsignioStrategyOptions;
      expect(() => new AsignioStrategy(options))
        .to.throw(AsignioError, `\`${option}\``)
        .with.property('code', 'ASIGNIO_OPTION_INVALID');
    });

  it('include a name of one’s own', () => {
    expect(new AsignioStrategy(good).name).to.equal('asignio');
    expect(new AsignioStrategy({ ...good, name: 'signature' }).name).to.equal('signature');
  });
});

/** A host where a verification of `subject-1` waits for this browser. */
async function accept(options: Partial<AsignioStrategyOptions>): Promise<{ host: Host; browser: Browser }> {
  const host = await startHost(options);
  host.ceremonies.accept({ id: ID, binding: 's3cret', subject: 'subject-1' });
  const browser = host.browser();
  browser.setCookie(COOKIE, 's3cret');
  return { host, browser };
}

interface Actions {
  readonly success: sinon.SinonSpy;
  readonly fail: sinon.SinonSpy;
  readonly error: sinon.SinonSpy;
}

/** Runs one request on the strategy as Passport does, without the rest of it. */
async function direct(
  options: Partial<AsignioStrategyOptions>,
  request: object,
  spies: Partial<Actions> = {},
): Promise<Actions> {
  const strategy = new AsignioStrategy({ core: new FakeCeremonies().core, origins: [ORIGIN], ...options });
  const actions = { success: sinon.spy(), fail: sinon.spy(), error: sinon.spy(), ...spies };
  const { headers = {}, ...rest } = request as { headers?: object };
  const req = { protocol: 'http', secure: false, headers: { origin: ORIGIN, ...headers }, ...rest };
  Object.assign(Object.create(strategy) as AsignioStrategy, actions).authenticate(req as never);
  while (actions.success.callCount + actions.fail.callCount + actions.error.callCount === 0)
    await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  return actions;
}
