import { AsignioError } from '@asignio/contracts';
import type {
  Clock,
  ConsentId,
  Modality,
  Permit,
  PermitUse,
  PermitVerifier,
  Purpose,
  SubjectId,
  TenantId,
} from '@asignio/contracts';
import { isSigned } from '../consent/record.ts';
import type { ConsentRecord } from '../consent/record.ts';
import { consentState } from '../consent/state.ts';
import type { NoticeRegister } from '../notice/register.ts';
import { checkSubjectPurpose } from '../purposes.ts';
import { checkRegistered } from './datasets.ts';
import type { RegisteredDataset } from './datasets.ts';
import { checkStanding, UNHINDERED } from './standing.ts';
import type { Standing } from './standing.ts';
import { createRevocations } from './revocations.ts';
import type { Revocations } from './revocations.ts';
import { createTimeline } from './timeline.ts';
import type { Moment } from './timeline.ts';

/** A permit opens what it names for so long, ms: one ceremony step, not a session. */
const LIFETIME_MS = 60_000;
const MAX_LIFETIME_MS = 10 * 60_000;

/** What a permit is asked for. */
export interface PermitRequest {
  readonly tenant: TenantId;
  readonly subject: SubjectId;
  readonly modality: Modality;
  readonly purpose: Purpose;
  /** All consents of the subject, as the store has them now. */
  readonly consents: readonly ConsentRecord[];
  readonly notices: NoticeRegister;
  /** @default nothing stands in the way */
  readonly standing?: Standing;
}

/** Issues permits, and recognises its own. */
export interface PermitAuthority extends PermitVerifier {
  /**
   * A permit that rests on the latest consent to exactly this: signed, live, and given after the last withdrawal.
   * @throws AsignioError `ASIGNIO_CONSENT_REQUIRED`, `ASIGNIO_CONSENT_STALE` (R33), `ASIGNIO_PURPOSE_FORBIDDEN` (R11),
   * and what {@link checkStanding} throws.
   */
  issue(request: PermitRequest): Permit;
  /**
   * A permit to measure with a registered research data set (R39): never for a subject.
   * @throws AsignioError `ASIGNIO_DATASET_UNREGISTERED`.
   */
  issueEvaluation(request: {
    readonly dataset: RegisteredDataset;
    readonly model: string;
    readonly modality: Modality;
  }): Permit;
  /** Makes outstanding permits of a withdrawn consent worthless at once, in this process, and issues no more on it. */
  revoke(consent: ConsentId): void;
}

/** What precedes the name of a data set where a permit for measuring names a subject: no host id can look like it. */
const DATASET_SUBJECT = 'dataset\u0000';

/**
 * Makes the one authority of a system. Its permits are frozen and remembered by identity: a copy, a look-alike or a cast
 * object is not one, whatever it says. Setting the clock back by more than a second ends every permit that is out.
 *
 * @param options.lifetimeMs - how long a permit opens anything, 1-600,000 ms; one minute unless told
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`.
 * @example
 * ```ts
 * const permits = createPermitAuthority({ clock: systemClock });
 * const permit = permits.issue({ tenant, subject, modality: 'signature', purpose: 'authentication', consents, notices });
 * permits.verify(permit, { tenant, subject, modality: 'signature' });
 * ```
 */
export function createPermitAuthority(options: {
  readonly clock: Clock;
  readonly lifetimeMs?: number;
}): PermitAuthority {
  const { clock, lifetimeMs = LIFETIME_MS } = options;
  if (!Number.isSafeInteger(lifetimeMs) || lifetimeMs < 1 || lifetimeMs > MAX_LIFETIME_MS)
    throw new AsignioError('ASIGNIO_OPTION_INVALID', `lifetimeMs: a permit lives 1-${MAX_LIFETIME_MS} ms`);
  const moment = createTimeline(clock);
  const revocations = createRevocations(MAX_LIFETIME_MS);
  /** Permits that were issued here, with the era that they are of. */
  const issued = new WeakMap<Permit, number>();

  function make(
    facts: { tenant: TenantId; subject: SubjectId; modality: Modality; purpose: Purpose; consent: ConsentId },
    { now, era }: Moment,
  ): Permit {
    if (!Number.isSafeInteger(now)) throw new AsignioError('ASIGNIO_PERMIT_INVALID', 'The clock gives no time');
    const permit = Object.freeze({ ...facts, issuedAt: now, expiresAt: now + lifetimeMs }) as unknown as Permit;
    issued.set(permit, era);
    return permit;
  }

  return {
    issue({ tenant, subject, modality, purpose: asked, consents, notices, standing = UNHINDERED }) {
      const purpose = checkSubjectPurpose(asked);
      checkStanding(standing, purpose);
      const at = moment();
      const fitting = consents.filter(
        (consent) =>
          consent.tenant === tenant &&
          consent.subject === subject &&
          consent.modality === modality &&
          consent.purpose === purpose,
      );
      const given = sinceLastWithdrawal(fitting, revocations).filter(
        (consent) => isSigned(consent) && revocations.at(consent.id) === undefined,
      );
      const states = given.map((consent) => consentState(consent, notices, at.now));
      const live = given.findLast((_, index) => states[index] === 'granted');
      if (live !== undefined) return make({ tenant, subject, modality, purpose, consent: live.id }, at);
      throw new AsignioError(states.includes('stale') ? 'ASIGNIO_CONSENT_STALE' : 'ASIGNIO_CONSENT_REQUIRED');
    },

    issueEvaluation({ dataset, model, modality }) {
      checkRegistered(dataset);
      return make(
        {
          tenant: 'evaluation' as TenantId,
          subject: `${DATASET_SUBJECT}${dataset.name}\u0000${model}` as SubjectId,
          modality,
          purpose: 'evaluation',
          consent: dataset.name as ConsentId,
        },
        moment(),
      );
    },

    revoke(consent) {
      revocations.add(consent, moment().now);
    },

    verify(permit: Permit, use: PermitUse) {
      const { now, era } = moment();
      const good =
        issued.get(permit) === era &&
        now < permit.expiresAt &&
        permit.tenant === use.tenant &&
        permit.subject === use.subject &&
        permit.modality === use.modality &&
        revocations.at(permit.consent) === undefined;
      if (!good) throw new AsignioError('ASIGNIO_PERMIT_INVALID');
    },
  };
}

/**
 * Consents given after the last withdrawal among them, oldest first: whoever withdraws means every earlier agreement to
 * the same, though what was read of the store may still show one of them as granted (R4).
 */
function sinceLastWithdrawal(consents: readonly ConsentRecord[], revocations: Revocations): readonly ConsentRecord[] {
  const last = consents.reduce(
    (latest, { id, withdrawnAt }) => Math.max(latest, withdrawnAt ?? -Infinity, revocations.at(id) ?? -Infinity),
    -Infinity,
  );
  return consents.filter(({ grantedAt }) => grantedAt >= last).sort((a, b) => a.grantedAt - b.grantedAt);
}
