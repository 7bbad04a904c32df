import { subjectId } from '@asignio/contracts';
import type { BackchannelMessage } from '@asignio/oidc';
import { expect } from 'chai';
import fc from 'fast-check';
import * as client from 'openid-client';
import sinon from 'sinon';
import type { Page, Person } from './support/person.js';
import { RelyingParty } from './support/relying-party.js';
import { CLIENT, makeWorld, SHOP, TENANT } from './support/world.js';
import type { World } from './support/world.js';

const pairOf = () => crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
const CIBA = 'urn:openid:params:grant-type:ciba';
const TEXT = 'Pay 120.00 € to Bob & Sons <1234>';

describe('a client that asks for somebody who is elsewhere (CIBA)', function () {
  this.timeout(20_000);
  let world: World;
  let bank: RelyingParty;
  let sent: BackchannelMessage[] = [];
  let broken = false;
  const partyOf = async (id: string): Promise<RelyingParty> =>
    new RelyingParty(
      await client.discovery(
        new URL(world.issuer),
        id,
        undefined,
        client.PrivateKeyJwt({ key: keys.privateKey, kid: 'k' }),
        { execute: [client.allowInsecureRequests] },
      ),
      SHOP,
    );
  let keys: Awaited<ReturnType<typeof pairOf>>;
  before(async () => {
    keys = await pairOf();
    const { secret: _none, ...rest } = CLIENT;
    const jwk = { ...(await crypto.subtle.exportKey('jwk', keys.publicKey)), kid: 'k', alg: 'ES256', use: 'sig' };
    const KEYED = { ...rest, jwks: { keys: [jwk] } };
    world = await makeWorld({
      clients: [
        { ...KEYED, name: 'The Bank', backchannel: true },
        { ...KEYED, id: 'other', backchannel: true },
        { ...KEYED, id: 'plain' },
      ],
      bridge: {
        backchannel: {
          subject: (hint) => (['ada', 'bob'].includes(hint) ? hint : undefined),
          notify: (message) => {
            if (broken) throw new Error('no phone');
            sent.push(message);
          },
        },
      },
    });
    bank = await partyOf('shop');
  });
  after(() => world.close());
  beforeEach(() => (sent = []));

  const ask = async (more: Record<string, string> = {}, party = bank) =>
    client.initiateBackchannelAuthentication(party.config, {
      scope: 'openid',
      login_hint: 'ada',
      binding_message: TEXT,
      ...more,
    });
  const poll = async (id: string, party = bank) => client.genericGrantRequest(party.config, CIBA, { auth_req_id: id });
  const refusal = async (work: Promise<unknown>): Promise<string> => {
    try {
      await work;
      return 'no error';
    } catch (error) {
      return (error as { error?: string }).error ?? String(error);
    }
  };
  const numberOf = (message: BackchannelMessage | undefined): string => message?.url.split('/').at(-1) ?? '';
  const open = async (person: Person): Promise<Page> => person.go(sent.at(-1)?.url ?? '');
  const drawOn = async (person: Person, page: Page, as = person.name): Promise<Page> => {
    const ceremony = await person.verify({ as, assurance: 'signature' });
    return person.go(`${new URL(page.url).pathname}/sign`, { ceremony });
  };
  const refuse = async (person: Person, page: Page): Promise<Page> =>
    person.go(`${new URL(page.url).pathname}/refuse`, {});

  it('the phone shows the text word for word, the person draws, and the client that polls gets its tokens', async () => {
    const request = await ask();
    expect(await refusal(poll(request.auth_req_id))).to.equal('authorization_pending');
    const [message] = sent;
    expect(message).to.deep.include({ subject: 'ada', text: TEXT, client: { id: 'shop', name: 'The Bank' } });
    const ada = world.person();
    const page = await open(ada);
    expect(page.text).to.include('Pay 120.00 € to Bob &amp; Sons &lt;1234&gt;').and.include('The Bank asks you');
    expect(page.headers.get('content-security-policy')).to.include("default-src 'none'");
    expect((await drawOn(ada, page)).text).to.include('Confirmed');
    const tokens = await poll(request.auth_req_id);
    const claims = tokens.claims();
    expect(claims?.['acr']).to.equal('urn:asignio:acr:signature');
    expect(claims?.['amr']).to.deep.equal(['signature']);
    expect(claims?.sub).to.be.a('string').and.not.include('ada');
    expect(claims?.['auth_time']).to.be.a('number');
    expect(await refusal(poll(request.auth_req_id))).to.equal('invalid_grant');
    expect((await open(ada)).status).to.equal(400);
    const names = (await world.events()).map(({ event }) => event);
    expect(names).to.include.members(['release.granted', 'assertion.issued']);
  });

  it('no is an answer too, and ends it', async () => {
    const request = await ask();
    const ada = world.person();
    expect((await refuse(ada, await open(ada))).text).to.include('Refused');
    expect(await refusal(poll(request.auth_req_id))).to.equal('access_denied');
  });

  it('somebody else’s drawing, or one that was made before the text was seen, confirms nothing', async () => {
    const time = sinon.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
    try {
      const request = await ask();
      const ada = world.person();
      const earlier = await ada.verify({ as: 'ada', assurance: 'signature' });
      time.tick(2_000);
      const page = await open(ada);
      expect((await ada.go(`${new URL(page.url).pathname}/sign`, { ceremony: earlier })).status).to.equal(422);
      const bob = world.person('bob');
      expect((await drawOn(bob, await open(bob))).status).to.equal(422);
      expect(await refusal(poll(request.auth_req_id))).to.equal('authorization_pending');
      await refuse(ada, page);
    } finally {
      time.restore();
    }
  });

  it('a form of another site, or a page that was made up, does nothing', async () => {
    const request = await ask();
    const ada = world.person();
    const page = await open(ada);
    for (const path of ['sign', 'refuse']) {
      const forged = await ada.go(`${new URL(page.url).pathname}/${path}`, {}, { origin: 'https://evil.example' });
      expect(forged.status, path).to.equal(403);
    }
    for (const guess of ['x', 'x'.repeat(43), `${numberOf(sent[0])}x`, encodeURIComponent('../interaction')])
      expect((await ada.go(`/oidc/confirm/${guess}`)).status, guess).to.be.oneOf([400, 404]);
    expect(await refusal(poll(request.auth_req_id))).to.equal('authorization_pending');
    await refuse(ada, page);
  });

  it('nobody is asked again while they are asked: not a hundred times until they give in', async () => {
    const request = await ask();
    expect(await refusal(ask())).to.equal('invalid_request');
    expect(await refusal(ask({ binding_message: 'Another' }))).to.equal('invalid_request');
    expect(sent).to.have.length(1);
    await refuse(world.person(), await open(world.person()));
    expect(await refusal(poll(request.auth_req_id))).to.equal('access_denied');
    await ask();
    await refuse(world.person(), await open(world.person()));
  });

  it('one client does not get what another asked for, and who may not ask is told so', async () => {
    const request = await ask();
    const other = await partyOf('other');
    expect(await refusal(poll(request.auth_req_id, other))).to.equal('invalid_grant');
    const plain = await partyOf('plain');
    expect(await refusal(ask({}, plain))).to.be.oneOf(['unauthorized_client', 'invalid_request']);
    expect(sent).to.have.length(1);
    await refuse(world.person(), await open(world.person()));
  });

  it('what a person could not read, or read as something else, is refused', async () => {
    for (const text of ['', ' ', 'x'.repeat(201), 'Pay 1\nPay 1000', 'Pay \u202E001', 'Pay\u200B 1', 'a\u2028b'])
      expect(await refusal(ask({ binding_message: text })), JSON.stringify(text)).to.equal('invalid_binding_message');
    expect(await refusal(ask({ login_hint: 'nobody' }))).to.equal('unknown_user_id');
    expect(await refusal(ask({ id_token_hint: 'a.b.c', login_hint: '' }))).to.equal('invalid_request');
    expect(await refusal(ask({ login_hint_token: 'x', login_hint: '' }))).to.equal('invalid_request');
    expect(sent).to.deep.equal([]);
  });

  it('fuzz: whatever the text is, the page shows it or it is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (text) => {
        sent = [];
        const outcome = await refusal(ask({ binding_message: text }));
        if (sent.length === 0) expect(outcome).to.be.oneOf(['invalid_binding_message', 'invalid_request']);
        else {
          const page = await open(world.person());
          expect(page.text).to.not.match(/<script(?! type="module" src="\/asignio)/);
          await refuse(world.person(), page);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('a request waits for five minutes', async () => {
    const time = sinon.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
    try {
      const request = await ask();
      time.tick(301_000);
      expect((await open(world.person())).status).to.equal(400);
      expect(await refusal(poll(request.auth_req_id))).to.be.oneOf(['expired_token', 'invalid_grant']);
    } finally {
      time.restore();
    }
    // By the clock of the other tests it waits still.
    await refuse(world.person(), await open(world.person()));
  });

  it('a phone that cannot be reached is an error to the client, and the next request is not in its way', async () => {
    broken = true;
    try {
      expect(await refusal(ask())).to.match(/server_error|unexpected HTTP response/);
    } finally {
      broken = false;
    }
    await ask();
    await refuse(world.person(), await open(world.person()));
  });

  it('R14: what was released stays as it was, and nothing is added', async () => {
    await world.core.governance.releases.withdraw(TENANT, subjectId('ada'), 'shop');
    const request = await ask({ scope: 'openid email' });
    const ada = world.person();
    await drawOn(ada, await open(ada));
    const tokens = await poll(request.auth_req_id);
    const told = await client.fetchUserInfo(bank.config, tokens.access_token, tokens.claims()?.sub ?? '');
    expect(told).to.deep.equal({ sub: tokens.claims()?.sub });
  });

  it('R9: what waits for somebody goes with them', async () => {
    await ask({ login_hint: 'bob' });
    const bob = world.person('bob');
    expect((await open(bob)).status).to.equal(200);
    const subject = subjectId('bob');
    const proof = { subject, factors: ['password'], at: Date.now() } as const;
    await world.core.rights.erase({ tenant: TENANT, subject, proof });
    expect((await open(bob)).status).to.equal(400);
  });
});
