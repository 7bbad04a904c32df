import { expect } from 'chai';
import type { Asignio } from 'asignio';
import type { RecordIndex, StoragePlugin, StoredRecord, StoredValue } from '@asignio/contracts';
import { describeMongodb } from '@asignio/test-mongodb';
import { embeddedHome, sharedHome } from '../support/homes.js';
import type { Home } from '../support/homes.js';
import { Person } from '../support/person.js';

type Fields = { readonly [name: string]: StoredValue };
/** What was moved about is found out; or there is nothing to compare with. */
const FOUND_OUT = ['ASIGNIO_REFERENCE_UNREADABLE', 'ASIGNIO_KEY_REFUSED'];
const NO = [...FOUND_OUT, 'ASIGNIO_KEY_UNAVAILABLE', 'ASIGNIO_NOT_VERIFIED', 'ASIGNIO_ATTEMPTS_WAIT'];

/** What somebody holds: the two records that a comparison needs. */
interface Held {
  readonly reference: StoredRecord;
  readonly key: StoredRecord;
}

/** The tests that are the same whatever the store is: of somebody who may write to it, and has no key of the provider. */
function noticesSwaps(make: (context: Mocha.Context) => Promise<Home>): void {
  let home: Home;
  let storage: StoragePlugin;
  let asignio: Asignio;
  const ada = new Person('swap ada');
  const mallory = new Person('swap mallory');
  const elsewhere = new Person('swap mallory', 'other');
  const originals = new Map<Person, Held>();

  const heldBy = async (person: Person): Promise<Held> => {
    const { tenant } = person;
    const subjects = (await storage.list({ tenant, kind: 'reference' })).records;
    const [consent] = await asignio.core.subjects.consents(tenant, person.subject);
    const reference = subjects.find(({ value }) => (value as Fields)['consent'] === consent?.id);
    if (reference === undefined) throw new Error('There is a reference');
    const key = await storage.get({ tenant, kind: 'key', id: (reference.value as Fields)['key'] as string });
    if (key === undefined) throw new Error('There is a key');
    return { reference, key };
  };
  const indexOf = ({ subject, due }: StoredRecord): RecordIndex => ({
    ...(subject === undefined ? {} : { subject }),
    ...(due === undefined ? {} : { due }),
  });
  /** Writes over a record, whatever its version. */
  const overwrite = async (record: StoredRecord, value: StoredValue, index = indexOf(record)): Promise<void> => {
    const { version } = (await storage.get(record)) ?? {};
    if (version === undefined) await storage.insert(record, value, index);
    else await storage.replace(record, value, index, version);
  };
  const fieldsOf = ({ value }: StoredRecord): Fields => value as Fields;
  const of = (person: Person): Held => {
    const held = originals.get(person);
    if (held === undefined) throw new Error('Somebody is enrolled');
    return held;
  };

  before(async function () {
    this.timeout(120_000);
    home = await make(this);
    asignio = await home.start();
    storage = home.storage();
    await storage.open();
    for (const person of [ada, mallory, elsewhere]) {
      await person.agree(asignio.core);
      await person.enrol(asignio.core);
    }
    for (const person of [ada, mallory, elsewhere]) originals.set(person, await heldBy(person));
  });
  after(async () => {
    await asignio?.close();
    await storage?.close();
    await home?.remove();
  });
  afterEach(async () => {
    for (const { reference, key } of originals.values()) {
      await overwrite(reference, reference.value);
      await overwrite(key, key.value);
    }
    // Failures of the attack are not Ada's.
    for (const { tenant } of [ada, elsewhere])
      for (const record of (await storage.list({ tenant, kind: 'attempts' })).records) await storage.remove(record);
  });

  /** The attacker signs with their own hand under Ada's name. */
  const attack = async (): Promise<void> => {
    const forger = new Person('swap mallory', ada.tenant, undefined, ada.subject);
    expect(await forger.verify(asignio.core)).to.be.oneOf(FOUND_OUT);
  };
  const accepted = async (person: Person): Promise<boolean> => {
    for (let tries = 0; tries < 4; tries++) if ((await person.verify(asignio.core)) === 'accepted') return true;
    return false;
  };

  it('is worth trying: both sign in as themselves', async () => {
    expect(await accepted(mallory)).to.equal(true);
    expect(await accepted(ada)).to.equal(true);
    for (const person of [ada, mallory]) originals.set(person, await heldBy(person));
  });

  const swaps: readonly (readonly [string, () => readonly (readonly [StoredRecord, StoredValue])[]])[] = [
    [
      "another subject's sealed reference in one's own record",
      () => [[of(ada).reference, { ...fieldsOf(of(ada).reference), sealed: sealedOf(mallory) }]],
    ],
    [
      "another subject's sealed reference with its key",
      () => [
        [
          of(ada).reference,
          {
            ...fieldsOf(of(ada).reference),
            sealed: sealedOf(mallory),
            key: fieldsOf(of(mallory).reference)['key'] ?? null,
          },
        ],
      ],
    ],
    [
      "another subject's whole record under one's own name",
      () => [[of(ada).reference, { ...fieldsOf(of(mallory).reference), subject: subjectOf(ada) }]],
    ],
    [
      "another subject's record and wrapped key, both renamed",
      () => [
        [of(ada).reference, { ...fieldsOf(of(mallory).reference), subject: subjectOf(ada), key: keyOf(ada) }],
        [of(ada).key, { ...fieldsOf(of(mallory).key), subject: subjectOf(ada) }],
      ],
    ],
    [
      "another subject's wrapped key beside the sealed reference, the rest one's own",
      () => [
        [of(ada).reference, { ...fieldsOf(of(ada).reference), sealed: sealedOf(mallory) }],
        [
          of(ada).key,
          {
            ...fieldsOf(of(ada).key),
            wrapped: fieldsOf(of(mallory).key)['wrapped'] ?? null,
            opens: fieldsOf(of(mallory).key)['opens'] ?? null,
          },
        ],
      ],
    ],
    [
      "another tenant's record and wrapped key",
      () => [
        [of(ada).reference, { ...fieldsOf(of(elsewhere).reference), subject: subjectOf(ada), key: keyOf(ada) }],
        [of(ada).key, { ...fieldsOf(of(elsewhere).key), subject: subjectOf(ada) }],
      ],
    ],
  ];
  const sealedOf = (person: Person): StoredValue => fieldsOf(of(person).reference)['sealed'] ?? null;
  const subjectOf = (person: Person): StoredValue => fieldsOf(of(person).reference)['subject'] ?? null;
  const keyOf = (person: Person): StoredValue => fieldsOf(of(person).reference)['key'] ?? null;

  for (const [what, writes] of swaps)
    it(`R29: accepts nobody by ${what}`, async () => {
      for (const [record, value] of writes()) await overwrite(record, value);
      await attack();
    });

  it('R29: compares nothing that was moved to another modality, and back it opens', async () => {
    const { reference, key } = of(ada);
    for (const records of [
      [[reference, { ...fieldsOf(reference), modality: 'voice' }]],
      [
        [reference, { ...fieldsOf(reference), modality: 'voice' }],
        [key, { ...fieldsOf(key), modality: 'voice' }],
      ],
      [[key, { ...fieldsOf(key), modality: 'voice' }]],
    ] as const) {
      for (const [record, value] of records) await overwrite(record, value);
      expect(await ada.verify(asignio.core)).to.be.oneOf(NO);
      for (const [record] of records) await overwrite(record, record.value);
    }
    expect(await accepted(ada)).to.equal(true);
    originals.set(ada, await heldBy(ada));
  });

  it('R19: does not take back a reference of before it was renewed', async () => {
    const old = of(ada);
    const renewed = new Person('swap ada renewed', ada.tenant, undefined, ada.subject);
    await renewed.enrol(asignio.core);
    expect(await accepted(renewed)).to.equal(true);
    const now = await heldBy(ada);
    expect(await storage.get(old.key), 'the old key was destroyed').to.equal(undefined);
    // The record as it was, and the old bytes in the new one's place.
    await storage.insert(old.reference, old.reference.value, indexOf(old.reference)).catch(() => undefined);
    await overwrite(now.reference, { ...fieldsOf(now.reference), sealed: fieldsOf(old.reference)['sealed'] ?? null });
    for (let tries = 0; tries < 3; tries++) expect(await ada.verify(asignio.core)).to.be.oneOf(NO);
  });
}

describe('an embedded store in which somebody moves records about', function () {
  this.timeout(120_000);
  noticesSwaps(embeddedHome);
});

describeMongodb('a database server on which somebody moves records about', function () {
  this.timeout(120_000);
  noticesSwaps(sharedHome);
});
