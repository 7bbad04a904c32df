import { AsignioError } from '@asignio/contracts';
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
