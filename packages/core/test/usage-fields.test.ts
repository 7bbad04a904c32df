import { expect } from 'chai';
import { RECORD_KINDS, subjectId } from '@asignio/contracts';
import { usageFields } from '@asignio/policy';
import { ADA, TENANT, asked, attempt, codeOf, enrol, events, grant, makeSystem } from './harness.js';
import type { System } from './harness.js';

/** Declared fields by place. */
function declared(): ReadonlyMap<string, ReadonlySet<string>> {
  const places = new Map<string, Set<string>>();
  for (const { place, field } of usageFields()) places.set(place, (places.get(place) ?? new Set()).add(field));
  return places;
}

describe('what is recorded of usage', () => {
  let system: System;

  beforeEach(async () => {
    system = await makeSystem();
  });

  afterEach(async () => system.dispose());

  it('R41: every field of the chain and of the records of usage is declared, after all that a person can do', async () => {
    await grant(system.core);
    await enrol(system.core);
    await attempt(system.core, { who: 'ada' });
    for (let i = 0; i < 6; i++) await attempt(system.core, { who: 'mallory' });
    await attempt(system.core, { who: 'ada' }, subjectId('nobody'));
    await system.core.rights.access(asked(system));
    await system.core.rights.restrict({ tenant: TENANT, subject: ADA });
    await system.core.rights.resume(asked(system));
    await system.core.sweep();
    const places = declared();
    const seen = new Set<string>();
    for (const kind of RECORD_KINDS) {
      const fields = places.get(kind);
      if (fields === undefined) continue;
      for (const { value } of (await system.storage.list({ tenant: TENANT, kind, limit: 1000 })).records) {
        seen.add(kind);
        expect([...fields], kind).to.include.members(Object.keys(value as object));
      }
    }
    expect([...seen].sort()).to.deep.equal(['attempts', 'ceremony', 'decision', 'probe', 'reference', 'subject']);
    const audit = [...(places.get('audit') ?? [])];
    for (const { event, data } of await system.core.audit.read(TENANT, 1, 1000))
      expect(audit, event).to.include.members(Object.keys(data));
  });

  it('R41: a field that is not declared is refused where it would be written, and nothing is', async () => {
    await grant(system.core);
    const get = system.storage.get.bind(system.storage);
    // Somebody adds a field to the record of a person, as a later version of the code might.
    system.storage.get = async (key) => {
      const record = await get(key);
      return record === undefined || key.kind !== 'subject'
        ? record
        : { ...record, value: { ...(record.value as object), userAgent: 'Mozilla' } };
    };
    expect(await codeOf(system.core.rights.restrict({ tenant: TENANT, subject: ADA }))).to.equal(
      'ASIGNIO_FIELD_UNDECLARED',
    );
    system.storage.get = get;
    expect(await events(system.core)).to.not.include('processing.restricted');
    const [record] = (await system.storage.list({ tenant: TENANT, kind: 'subject' })).records;
    expect(record?.value).to.not.have.property('userAgent');
  });
});
