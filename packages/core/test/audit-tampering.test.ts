import { expect } from 'chai';
import fc from 'fast-check';
import { tenantId } from '@asignio/contracts';
import type { AuditEntry } from '@asignio/core';
import { checkpointHash } from '@asignio/core';
import { chain, chainOf, checkpointSigner, said, textOf, verify } from './support/chains.js';
import type { Said } from './support/chains.js';

/** A chain and one of its places, counted from 1. */
const placed = chain.chain((entries) => fc.tuple(fc.constant(entries), fc.integer({ min: 1, max: entries.length })));

const replaced = (entries: readonly AuditEntry[], place: number, entry: AuditEntry): AuditEntry[] =>
  entries.with(place - 1, entry);

describe('a chain that was tampered with', function () {
  this.timeout(60_000);

  let signer: Awaited<ReturnType<typeof checkpointSigner>>;

  before(async () => {
    signer = await checkpointSigner('operator');
  });

  it('is whole as long as nobody did', async () => {
    await fc.assert(
      fc.asyncProperty(chain, async (entries) => {
        const lines = await signer.over(entries, [1, entries.length]);
        const report = await verify(textOf(entries), { lines, keys: signer.keys });
        expect(report).to.deep.equal({
          entries: entries.length,
          head: entries.at(-1)?.hash,
          whole: true,
          faults: [],
          faultCount: 0,
          checkpoints: { count: 2, upTo: entries.length, at: entries.length * 1000 },
        });
      }),
    );
  });

  it('shows an edited field, at its entry and nowhere else', async () => {
    const edits: { readonly [field in keyof AuditEntry]: fc.Arbitrary<unknown> } = {
      sequence: fc.integer({ min: 1, max: 1000 }),
      id: fc.string(),
      at: fc.integer(),
      event: fc.constantFrom('consent.granted', 'consent.withdrawn', ''),
      subject: fc.option(fc.string()),
      data: fc.constantFrom({}, { reason: 'x' }, { fmr: 0.5 }),
      previous: fc.constantFrom('0'.repeat(64), 'f'.repeat(64)),
      hash: fc.constantFrom('0'.repeat(64), 'f'.repeat(64)),
    };
    const edit = fc
      .constantFrom(...(Object.keys(edits) as (keyof AuditEntry)[]))
      .chain((field) => fc.tuple(fc.constant(field), edits[field]));
    await fc.assert(
      fc.asyncProperty(placed, edit, async ([entries, place], [field, value]) => {
        const before = entries[place - 1] as AuditEntry;
        fc.pre(JSON.stringify(before[field]) !== JSON.stringify(value));
        const { faults, faultCount } = await verify(textOf(replaced(entries, place, { ...before, [field]: value })));
        expect(faults[0]?.sequence).to.equal(place);
        if (field === 'sequence') return;
        expect(faults[0]?.kind).to.equal('edited');
        expect(faultCount).to.equal(1);
      }),
    );
  });

  it('shows a deleted entry, and that it is the one that is missing', async () => {
    await fc.assert(
      fc.asyncProperty(placed, async ([entries, place]) => {
        fc.pre(place < entries.length);
        const { faults } = await verify(textOf(entries.toSpliced(place - 1, 1)));
        expect(faults.map(({ kind, sequence, upTo }) => ({ kind, sequence, upTo }))).to.deep.equal([
          { kind: 'missing', sequence: place, upTo: place },
        ]);
      }),
    );
  });

  it('shows two entries that changed places, at the first of them', async () => {
    await fc.assert(
      fc.asyncProperty(placed, fc.nat(), async ([entries, place], other) => {
        const [first, second] = [place, 1 + (other % entries.length)].sort((a, b) => a - b) as [number, number];
        fc.pre(first !== second);
        const [one, two] = [entries[first - 1], entries[second - 1]] as [AuditEntry, AuditEntry];
        const moved = replaced(replaced(entries, first, two), second, one);
        const kept = (await verify(textOf(moved))).faults;
        expect(kept[0]).to.include({ kind: 'missing', sequence: first });
        // The same with sequences that fit.
        const renumbered = moved.map((entry, index) => ({ ...entry, sequence: index + 1 }));
        const { faults } = await verify(textOf(renumbered));
        expect(faults.map(({ sequence }) => sequence)).to.deep.equal([first, second]);
      }),
    );
  });

  it('shows an entry that was put in, there or where the next does not follow it', async () => {
    await fc.assert(
      fc.asyncProperty(placed, said, fc.boolean(), async ([entries, place], forged, linked) => {
        const before = entries[place - 2];
        const [entry] = chainOf([forged], before) as [AuditEntry];
        const put = linked ? entry : { ...entry, previous: 'f'.repeat(64) };
        const { faults } = await verify(textOf(entries.toSpliced(place - 1, 0, put)));
        expect(faults[0]?.sequence).to.equal(linked ? place + 1 : place);
        // A copy of one that is there, elsewhere.
        const twice = await verify(textOf([...entries, entries[place - 1] as AuditEntry]));
        expect(twice.faults[0]).to.include({ kind: 'out-of-order', sequence: entries.length + 1 });
      }),
    );
  });

  it('shows a beginning that was cut off', async () => {
    await fc.assert(
      fc.asyncProperty(placed, async ([entries, place]) => {
        fc.pre(place < entries.length);
        const { faults } = await verify(textOf(entries.slice(place)));
        expect(faults).to.have.length(1);
        expect(faults[0]).to.include({ kind: 'missing', sequence: 1, upTo: place });
      }),
    );
  });

  it('shows by its checkpoints an end that was cut off, and how much of it', async () => {
    await fc.assert(
      fc.asyncProperty(placed, async ([entries, place]) => {
        const lines = await signer.over(entries, [place]);
        const cut = entries.slice(0, place - 1);
        const { faults, entries: left } = await verify(textOf(cut), { lines, keys: signer.keys });
        expect(left).to.equal(place - 1);
        expect(faults).to.have.length(1);
        expect(faults[0]).to.include({ kind: 'truncated', sequence: place, upTo: place });
      }),
    );
  });

  it('shows by its checkpoints a rewriting with hashes made anew, between the checkpoints around it', async () => {
    await fc.assert(
      fc.asyncProperty(placed, said, fc.array(fc.nat(), { maxLength: 4 }), async ([entries, place], lie, at) => {
        const { length } = entries;
        const sequences = [...new Set([...at.map((one) => 1 + (one % length)), length])].sort((a, b) => a - b);
        const lines = await signer.over(entries, sequences);
        const rest: readonly Said[] = [lie, ...entries.slice(place)];
        const forged = [...entries.slice(0, place - 1), ...chainOf(rest, entries[place - 2])];
        // Its own hashes fit: nothing but a checkpoint can tell.
        expect((await verify(textOf(forged))).whole).to.equal(true);
        const { faults, checkpoints } = await verify(textOf(forged), { lines, keys: signer.keys });
        const lastBefore = sequences.filter((one) => one < place).at(-1) ?? 0;
        const firstAfter = sequences.find((one) => one >= place);
        expect(faults).to.have.length(1);
        expect(faults[0]).to.include({ kind: 'rewritten', sequence: lastBefore + 1, upTo: firstAfter });
        expect(checkpoints?.upTo).to.equal(lastBefore);
      }),
    );
  });

  it('shows one entry that was replaced with its hash made anew, where the next does not follow', async () => {
    await fc.assert(
      fc.asyncProperty(placed, said, async ([entries, place], lie) => {
        fc.pre(place < entries.length);
        const [forged] = chainOf([lie], entries[place - 2]) as [AuditEntry];
        const { faults } = await verify(textOf(replaced(entries, place, forged)));
        expect(faults).to.have.length(1);
        expect(faults[0]).to.include({ kind: 'unlinked', sequence: place + 1 });
      }),
    );
  });

  it('is found in another tenant’s place by its checkpoints', async () => {
    const other = await checkpointSigner('operator', tenantId('other'));
    const entries = chainOf([BORING, BORING]);
    const lines = await other.over(entries, [2]);
    const { faults } = await verify(textOf(entries), { lines, keys: other.keys });
    expect(faults[0]).to.deep.include({ kind: 'checkpoint', detail: 'Line 1 of the checkpoints is of another tenant' });
  });
});

const BORING: Said = { id: 'x', at: 1, event: 'notice.served', subject: null, data: {} };

describe('a flipped byte in an export', function () {
  this.timeout(60_000);

  it('is found wherever it is, in its line', async () => {
    await fc.assert(
      fc.asyncProperty(chain, fc.nat(), fc.integer({ min: 1, max: 255 }), async (entries, at, mask) => {
        const bytes = Buffer.from(textOf(entries));
        const place = at % bytes.length;
        const line = 1 + bytes.subarray(0, place).filter((byte) => byte === 0x0a).length;
        bytes[place] = (bytes[place] as number) ^ mask;
        const { whole, faults } = await verify(bytes);
        expect(whole).to.equal(false);
        expect(faults[0]?.sequence).to.equal(line);
      }),
      { numRuns: 500 },
    );
  });

  it('is found in every place of a line, for every bit', async () => {
    const bytes = Buffer.from(textOf(chainOf([{ ...BORING, data: { b: 0.5, a: 'é', n: null } }, BORING])));
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const turned = Buffer.from(bytes);
      turned[bit >> 3] = (turned[bit >> 3] as number) ^ (1 << (bit & 7));
      expect((await verify(turned)).whole, `bit ${bit}`).to.equal(false);
    }
  });

  it('is found where a byte was taken out or put in, and where the file was cut', async () => {
    await fc.assert(
      fc.asyncProperty(chain, fc.nat(), fc.nat(255), async (entries, at, byte) => {
        const bytes = [...Buffer.from(textOf(entries))];
        const place = at % bytes.length;
        expect((await verify(Uint8Array.from(bytes.toSpliced(place, 1)))).whole).to.equal(false);
        expect((await verify(Uint8Array.from(bytes.toSpliced(place, 0, byte)))).whole).to.equal(false);
        const cut = await verify(Uint8Array.from(bytes.slice(0, place)));
        // Cut at the end of a line it is a shorter chain, which nothing but a checkpoint tells from the whole.
        expect(cut.whole).to.equal(place === 0 || bytes[place - 1] === 0x0a);
      }),
    );
  });

  it('is told from other ways to write the same', async () => {
    const [line] = textOf(chainOf([{ ...BORING, data: { a: 1, b: 2 } }])).split('\n') as [string];
    for (const other of [
      line.replace('"data":{"a":1,"b":2}', '"data":{"b":2,"a":1}'),
      line.replace(':1,', ': 1,'),
      line.replace('"a":1', '"a":1.0'),
      line.replace('"a":1', '"a":1e0'),
      line.replace('"x"', String.raw`"\u0078"`),
      line.replace('{"sequence"', '{"sequence":1,"sequence"'),
      `${line}\r`,
      `\uFEFF${line}`,
      ` ${line}`,
    ]) {
      expect(other).to.not.equal(line);
      expect((await verify(`${other}\n`)).faults[0]).to.include({ kind: 'malformed', sequence: 1 });
    }
    expect((await verify(`${line}\n`)).whole).to.equal(true);
  });

  it('of an endless line is found without keeping it', async () => {
    const { faults } = await verify(Buffer.concat([Buffer.alloc(40 * 1024 * 1024, 0x20), Buffer.from('\n')]));
    expect(faults[0]).to.include({ kind: 'malformed', sequence: 1 });
  });
});

describe('checkpoints that were tampered with', function () {
  this.timeout(60_000);

  const entries = chainOf(Array.from({ length: 9 }, (_, i) => ({ ...BORING, id: `${i}` })));
  let signer: Awaited<ReturnType<typeof checkpointSigner>>;
  let lines: string[];

  beforeEach(async () => {
    signer = await checkpointSigner('operator');
    lines = await signer.over(entries, [2, 4, 6, 8]);
  });

  const details = async (changed: readonly string[], partial = false) =>
    (await verify(textOf(entries), { lines: changed, keys: signer.keys }, partial)).faults.map(({ detail }) => detail);

  it('are accepted in any order, and twice', async () => {
    expect(await details([...lines, lines[1] as string].reverse())).to.deep.equal([]);
  });

  it('are missed, the first and those between', async () => {
    expect(await details(lines.slice(1))).to.deep.equal(['Checkpoint 1 is missing from the second place']);
    expect(await details(lines.slice(3))).to.deep.equal(['Checkpoints 1 to 3 are missing from the second place']);
    expect(await details(lines.toSpliced(1, 2))).to.deep.equal([
      'Checkpoints 2 to 3 are missing from the second place',
    ]);
    expect(await details(lines.slice(2), true)).to.deep.equal([]);
    expect(await details(lines.toSpliced(1, 1), true)).to.deep.equal(['Checkpoint 2 is missing from the second place']);
  });

  it('do not verify when any character is another', async () => {
    const one = lines[1] as string;
    for (let at = 0; at < one.length; at++) {
      const other = `${one.slice(0, at)}${one[at] === 'A' ? 'B' : 'A'}${one.slice(at + 1)}`;
      // The last characters of base64url may hold bits that mean nothing; a decoder may refuse them or not.
      const report = await verify(textOf(entries), { lines: lines.with(1, other), keys: signer.keys });
      expect(report.whole, `${at}`).to.equal(false);
    }
  });

  it('do not verify with another key, another type, or none at all', async () => {
    const thief = await checkpointSigner('thief');
    const stolen = await thief.over(entries, [2]);
    expect(await details([...stolen, ...lines])).to.deep.equal([
      'Line 1 of the checkpoints is signed by a key that is not among those given',
    ]);
    const claims = JSON.parse(
      Buffer.from((lines[0] as string).split('.')[1] as string, 'base64url').toString(),
    ) as object;
    const typed = await signer.sign(claims, { typ: 'asignio-consent-receipt+jws' });
    expect(await details([typed, ...lines])).to.deep.equal([
      'Line 1 of the checkpoints is signed, and is no checkpoint',
    ]);
    const none = `${Buffer.from('{"alg":"none","kid":"operator"}').toString('base64url')}.e30.`;
    expect(await details([none, ...lines])).to.deep.equal(['Line 1 of the checkpoints has no valid signature']);
    const renamed = { keys: thief.keys.keys.map((key) => ({ ...key, kid: 'operator' })) };
    expect((await verify(textOf(entries), { lines, keys: renamed })).faultCount).to.be.at.least(4);
  });

  it('do not say anything else than a checkpoint says', async () => {
    const good = { version: 1, tenant: 'acme', number: 1, sequence: 2, head: 'a'.repeat(64), at: 1, previous: null };
    for (const wrong of [
      { ...good, version: 2 },
      { ...good, number: 0 },
      { ...good, number: 1.5 },
      { ...good, sequence: '2' },
      { ...good, head: 'A'.repeat(64) },
      { ...good, at: 'now' },
      { ...good, previous: 'b'.repeat(64) },
      { ...good, number: 2 },
      [],
      null,
    ])
      expect(await details([await signer.sign(wrong as object)])).to.include(
        'Line 1 of the checkpoints is signed, and does not say what a checkpoint says',
      );
    const key = { keys: [null, 7, {}, { kty: 'OKP' }, ...signer.keys.keys] as never };
    expect((await verify(textOf(entries), { lines, keys: key })).whole).to.equal(true);
  });

  it('tell of a chain that was signed in two versions', async () => {
    const other = chainOf(Array.from({ length: 9 }, (_, i) => ({ ...BORING, id: `other ${i}` })));
    const fork = (await signer.over(other, [2, 4, 6, 8])).slice(2, 3);
    expect((await details([...lines, ...fork]))[0]).to.equal(
      'There are two checkpoints of number 3: the chain was signed in two versions',
    );
  });

  it('that go on from one which is not there are told of', async () => {
    const forged = await signer.sign({
      version: 1,
      tenant: 'acme',
      number: 5,
      sequence: 9,
      head: entries[8]?.hash,
      at: 1,
      previous: checkpointHash('other'),
    });
    expect(await details([...lines, forged])).to.deep.equal(['Checkpoint 5 does not follow checkpoint 4']);
  });
});
