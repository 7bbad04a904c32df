import { AsignioError } from '@asignio/contracts';
import { nist63b4 } from '@asignio/core';
import { asignioRouter } from '@asignio/express';
import type { RouterOptions } from '@asignio/express';
import { expect } from 'chai';
import { FakeCore } from './support/fake-core.js';
import { ORIGIN, startHost } from './support/app.js';

const GOOD = { origins: [ORIGIN], subject: () => undefined };

describe('options of asignioRouter', () => {
  it('may be no more than origins and subject', () => {
    expect(complaint(GOOD)).to.equal('taken');
  });

  for (const [option, value] of [
    ['origins', undefined],
    ['origins', []],
    ['origins', ORIGIN],
    ['origins', [`${ORIGIN}/`]],
    ['origins', ['app.example']],
    ['origins', ['*']],
    ['origins', ['null']],
    ['origins', ['https://APP.example']],
    ['origins', ['file:///index.html']],
    ['subject', 'ada'],
    ['resolveSubject', {}],
    ['operator', { id: 'olga' }],
    ['age', 16],
    ['requester', 'password'],
    ['tenant', ''],
    ['tenant', '../other'],
    ['rateLimit', true],
    ['rateLimit', { ceremonies: 0 }],
    ['rateLimit', { ceremony: 1 }],
    ['uniformMs', 0],
    ['uniformMs', '50'],
    ['uniformMs', Number.NaN],
    ['alternatives', 'password'],
    ['authenticator', { factor: 'passkey' }],
    ['captureFolder', 7],
    ['metrics', true],
    ['logger', {}],
    ['clock', {}],
    ['timer', { now: () => 0 }],
  ] as const)
    it(`are refused with the name of \`${option}\` where it is ${JSON.stringify(value) ?? 'missing'}`, () => {
      expect(complaint({ ...GOOD, [option]: value })).to.match(
        new RegExp(`^The option \`${option}\` of asignioRouter must`),
      );
    });

  it('are refused where there are none, or one that is not known', () => {
    expect(complaint(undefined)).to.contain('needs an object of options');
    expect(complaint({ ...GOOD, cors: true })).to.contain('no option `cors`');
  });

  it('are blamed, not the caller, for a signed-in subject that cannot be one', async () => {
    for (const [subject, status] of [
      [7, 500],
      ['a'.repeat(257), 500],
      ['a\nb', 500],
      ['', 401],
      [null, 401],
      [undefined, 401],
    ] as const) {
      const host = await startHost({ subject: () => subject as string | undefined });
      const reply = await host.page('GET', '/asignio/subjects/me');
      expect(reply.status, String(subject)).to.equal(status);
      await host.close();
    }
  });

  it('63B-4 3.2.3: must list another way to sign in where a profile asks for one', () => {
    const core = new FakeCore();
    const demanding = { ...core.assurance, profiles: [nist63b4()] };
    const router = (alternatives: readonly string[]) => () =>
      asignioRouter(Object.assign(core, { assurance: demanding }), { ...GOOD, alternatives });
    expect(router([]))
      .to.throw('The option `alternatives` of asignioRouter must list another way to sign in')
      .with.property('code', 'ASIGNIO_OPTION_INVALID');
    expect(router(['Your passphrase'])).to.not.throw();
  });

  it('63B-4 3.2.3: name the authenticator that the host has verified, and no request can', async () => {
    const host = await startHost({
      authenticator: (req) => (req.get('x-passkey') === undefined ? undefined : { factor: 'passkey', at: 7 }),
    });
    const body = { kind: 'verification', modalities: ['signature'], subject: 'ada' };
    await host.begin(body, { 'x-passkey': 'yes' });
    await host.begin(body);
    expect(host.core.begun.map(({ authenticator }) => authenticator)).to.deep.equal([
      { factor: 'passkey', at: 7 },
      undefined,
    ]);
    const claimed = await host.page('POST', '/asignio/ceremonies', {
      json: { ...body, authenticator: { factor: 'passkey', at: 7 } },
    });
    expect(claimed.status).to.equal(400);
    await host.close();
  });

  it('let the tenant depend on the request', async () => {
    const host = await startHost({ tenant: (req) => req.get('x-tenant') ?? 'default' });
    const body = { kind: 'verification', modalities: ['signature'], subject: 'ada' };
    await host.begin(body, { 'x-tenant': 'acme' });
    expect(host.core.begun[0]?.tenant).to.equal('acme');
    expect((await host.begin(body, { 'x-tenant': '../x' })).reply.status).to.equal(400);
    await host.close();
  });
});

/** What asignioRouter says against options. */
function complaint(options: unknown): string {
  try {
    asignioRouter(new FakeCore(), options as RouterOptions);
  } catch (error) {
    expect(error).to.be.instanceOf(AsignioError).with.property('code', 'ASIGNIO_OPTION_INVALID');
    return (error as Error).message;
  }
  return 'taken';
}
