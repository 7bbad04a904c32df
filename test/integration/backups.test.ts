import { join } from 'node:path';
import { expect } from 'chai';
import type { ConsentId } from '@asignio/contracts';
import { keysFile } from '@asignio/keys-file';
import { describeMongodb } from '@asignio/test-mongodb';
import { secretsOf } from '../support/canaries.js';
import { embeddedHome, sharedHome } from '../support/homes.js';
import type { Home } from '../support/homes.js';
import { Person } from '../support/person.js';

const codeOf = async (work: Promise<unknown>): Promise<string | undefined> =>
  work.then(
    () => undefined,
    (error: Error & { readonly code?: string }) => error.code ?? error.message,
  );

/** The tests that are the same whatever the store is. */
function forgets(make: (context: Mocha.Context) => Promise<Home>): void {
  let home: Home;
  before(async function () {
    this.timeout(60_000);
    home = await make(this);
  });
  after(async () => home?.remove());

  it('R9: holds the person again, and nothing of it can be read, compared or opened', async () => {
    const ada = new Person('backup ada');
    const grace = new Person('backup grace');
    const secrets = async () => {
      const [storage, keys] = [home.storage(), keysFile({ path: join(home.data, 'keys.json') })];
      await storage.open();
      await keys.open();
      try {
        return await secretsOf(storage, keys, ada.tenant);
      } finally {
        await keys.close();
        await storage.close();
      }
    };
    const first = await home.start();
    await ada.agree(first.core);
    await ada.enrol(first.core);
    await ada.verify(first.core);
    await grace.agree(first.core);
    const [{ id }] = (await first.core.subjects.consents(ada.tenant, ada.subject)) as unknown as [{ id: ConsentId }];
    await first.core.subjects.receipt(ada.tenant, ada.subject, id);
    await first.close();
    expect((await secrets()).template.length, 'whoever has store and keys can open it').to.be.greaterThan(500);
    await home.backUp();

    const second = await home.start();
    const proof = { subject: ada.subject, factors: ['password' as const], at: Date.now() };
    const { tenant, subject } = ada;
    expect((await second.core.rights.erase({ tenant, subject, proof })).outcome).to.equal('done');
    expect((await second.core.subjects.held(tenant, subject)).enrolments).to.deep.equal([]);
    await second.close();
    await home.restore();

    expect(await codeOf(secrets()), 'with the store as it was, and all keys that there are').to.equal(
      'There is no data key',
    );
    const third = await home.start();
    try {
      expect((await third.core.subjects.held(tenant, subject)).enrolments, 'the record is back').to.have.length(1);
      expect(await codeOf(third.core.subjects.receipt(tenant, subject, id))).to.equal('ASIGNIO_KEY_UNAVAILABLE');
      for (let tries = 0; tries < 3; tries++)
        expect(await ada.verify(third.core)).to.be.oneOf(['rejected', 'ASIGNIO_NOT_VERIFIED']);
      expect(await codeOf(third.core.subjects.receipt(grace.tenant, grace.subject, id))).not.to.equal(undefined);
      // Who was not erased goes on.
      await grace.enrol(third.core);
      expect((await third.core.subjects.held(grace.tenant, grace.subject)).enrolments).to.have.length(1);
    } finally {
      await third.close();
    }
  }).timeout(120_000);
}

describe('a restored backup of the embedded store, of before an erasure', () => {
  forgets(embeddedHome);
});

describeMongodb('a restored backup of a database server, of before an erasure', () => {
  forgets(sharedHome);
});
