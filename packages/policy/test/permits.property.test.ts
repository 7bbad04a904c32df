import { expect } from 'chai';
import * as fc from 'fast-check';
import { AsignioError } from '@asignio/contracts';
import type { EpochMs, Permit, Purpose } from '@asignio/contracts';
import {
  createNoticeRegister,
  createPermitAuthority,
  grantConsent,
  noticeSha256,
  withdrawConsent,
  withEvidence,
} from '@asignio/policy';
import type { ConsentRecord, Notice } from '@asignio/policy';
import { ADA, askingFor, NOW, stoppedClock, TENANT } from './support/fixtures.js';

const ASKED: readonly Purpose[] = ['authentication', 'improvement'];
const BASE = askingFor(...ASKED);

type Move =
  | { readonly type: 'grant'; readonly purpose: Purpose; readonly forgetsEarlier: boolean }
  | { readonly type: 'withdraw'; readonly pick: number; readonly toldProcess: boolean }
  | { readonly type: 'publish'; readonly material: boolean }
  | { readonly type: 'jump'; readonly ms: number };

const move: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ type: fc.constant('grant' as const), purpose: fc.constantFrom(...ASKED), forgetsEarlier: fc.boolean() }),
  fc.record({ type: fc.constant('withdraw' as const), pick: fc.nat(20), toldProcess: fc.boolean() }),
  fc.record({ type: fc.constant('publish' as const), material: fc.boolean() }),
  fc.record({ type: fc.constant('jump' as const), ms: fc.integer({ min: -300_000, max: 300_000 }) }),
);

describe('permits, whatever happens in whatever order', () => {
  it('R1, R4, R5, R33: rest on an agreement to just that, not withdrawn since, to the notice in force', () => {
    let issued = 0;
    fc.assert(
      fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
        issued += play(moves);
      }),
      { numRuns: 400 },
    );
    // The property would hold of an authority that never issues anything.
    expect(issued).to.be.greaterThan(100);
  }).timeout(60_000);

  it('R4: a permit that is out ends with the withdrawal of what it rests on, and with its time', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -200_000, max: 200_000 }), { maxLength: 30 }), fc.nat(30), (jumps, at) => {
        const clock = stoppedClock();
        const permits = createPermitAuthority({ clock });
        const notices = createNoticeRegister([BASE]);
        const consents = [give('authentication', [BASE], [], NOW)];
        const permit = permits.issue({
          tenant: TENANT,
          subject: ADA,
          modality: 'signature',
          purpose: 'authentication',
          consents,
          notices,
        });
        let dead = false;
        let lived = 0;
        jumps.forEach((ms, index) => {
          if (index === at) permits.revoke(permit.consent);
          clock.advance(ms);
          lived += Math.max(0, ms);
          const opens = isGood(() => permits.verify(permit, permit));
          if (dead || index >= at) expect(opens).to.equal(false);
          if (opens) expect(lived).to.be.lessThan(60_000);
          dead ||= !opens;
        });
      }),
    );
  });
});

function give(
  purpose: Purpose,
  published: readonly Notice[],
  earlier: readonly ConsentRecord[],
  now: EpochMs,
): ConsentRecord {
  const notices = createNoticeRegister(published);
  const shown = notices.current(now, 'en');
  const [record] = grantConsent(
    {
      tenant: TENANT,
      subject: ADA,
      modality: 'signature',
      purposes: [purpose],
      noticeVersion: shown.version,
      noticeSha256: noticeSha256(shown),
      language: shown.language,
      signature: { method: 'typed-name', name: 'Ada Lovelace', signedAt: now },
      notices,
      earlier,
    },
    now,
  ) as [ConsentRecord];
  return withEvidence(record, 'c2VhbGVk');
}

/** Plays the moves, and asks after each whether what the authority says can be true. Returns how many permits it gave. */
function play(moves: readonly Move[]): number {
  const clock = stoppedClock();
  const permits = createPermitAuthority({ clock });
  const published: Notice[] = [BASE];
  const store: ConsentRecord[] = [];
  // What really happened, kept apart from what the policy is told: purposes with an agreement that was not withdrawn
  // since, and the number of material notices that it knew of. No times, only what came after what.
  const agreed = new Map<Purpose, number>();
  let issued = 0;
  // Notices come into force in the order of their dates; a clock that is set back before one has none of it in force.
  let newest = BASE.effectiveAt;

  for (const step of moves) {
    const now = clock.now();
    switch (step.type) {
      case 'jump':
        clock.advance(step.ms);
        break;
      case 'publish':
        newest = Math.max(newest + 1, now);
        published.push({ ...BASE, version: `v${published.length}`, material: step.material, effectiveAt: newest });
        break;
      case 'grant': {
        const record = give(step.purpose, published, step.forgetsEarlier ? [] : store, now);
        store.push(record);
        // A clock set back before a notice shows the older one again; who agreed to both has agreed to the newer.
        const known = materialBy(published, record.noticeVersion);
        agreed.set(step.purpose, Math.max(known, agreed.get(step.purpose) ?? known));
        break;
      }
      case 'withdraw': {
        const index = store.length === 0 ? -1 : step.pick % store.length;
        const record = store[index];
        if (record === undefined || record.state === 'withdrawn') break;
        store[index] = withdrawConsent(record, latest(store, now));
        if (step.toldProcess) permits.revoke(record.id);
        agreed.delete(record.purpose);
        break;
      }
    }
    for (const purpose of ASKED) {
      const permit = ask(permits, purpose, store, published);
      if (permit === undefined) continue;
      issued++;
      const agreedUnder = agreed.get(purpose);
      expect(agreedUnder, 'agreed, and not withdrawn since').to.not.equal(undefined);
      const inForce = createNoticeRegister(published).current(clock.now(), 'en').version;
      expect(agreedUnder).to.be.at.least(materialBy(published, inForce));
      expect(store.find(({ id }) => id === permit.consent)?.state).to.equal('granted');
    }
  }
  return issued;
}

/** The core dates a withdrawal after what it withdraws; here after every agreement, since clocks jump. */
function latest(store: readonly ConsentRecord[], now: EpochMs): EpochMs {
  return Math.max(now, ...store.map(({ grantedAt }) => grantedAt + 1));
}

/** How many material notices there are up to a version, by date. */
function materialBy(published: readonly Notice[], version: string): number {
  const at = published.find((item) => item.version === version)?.effectiveAt as EpochMs;
  return published.filter(({ material, effectiveAt }) => material && effectiveAt <= at).length;
}

function ask(
  permits: ReturnType<typeof createPermitAuthority>,
  purpose: Purpose,
  consents: readonly ConsentRecord[],
  published: readonly Notice[],
): Permit | undefined {
  try {
    const notices = createNoticeRegister(published);
    return permits.issue({ tenant: TENANT, subject: ADA, modality: 'signature', purpose, consents, notices });
  } catch (error) {
    if (error instanceof AsignioError && error.code.startsWith('ASIGNIO_CONSENT')) return undefined;
    throw error;
  }
}

function isGood(deed: () => unknown): boolean {
  try {
    deed();
    return true;
  } catch (error) {
    if (error instanceof AsignioError) return false;
    throw error;
  }
}
