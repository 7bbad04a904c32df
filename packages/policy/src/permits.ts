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
import type { ConsentRecord } from './consent.ts';
import { consentState } from './consent.ts';
import type { NoticeRegister } from './notices.ts';
import { checkPurpose } from './purposes.ts';
import type { ResearchDataset } from './datasets.ts';

/** A permit opens what it names for so long, ms: one ceremony step, not a session. */
const LIFETIME_MS = 60_000;

/** What a permit is asked for. */
export interface PermitRequest {
  readonly tenant: TenantId;
  readonly subject: SubjectId;
  readonly modality: Modality;
  readonly purpose: Purpose;
  /** All consents of the subject, as the store has them now. */
  readonly consents: readonly ConsentRecord[];
  readonly notices: NoticeRegister;
}

/** Issues permits, and recognises its own. */
export interface PermitAuthority extends PermitVerifier {
  /**
   * @throws AsignioError `ASIGNIO_CONSENT_REQUIRED`, `ASIGNIO_CONSENT_STALE` (R33), `ASIGNIO_PURPOSE_FORBIDDEN` (R11).
   */
  issue(request: PermitRequest): Permit;
  /** A permit to measure with a registered research data set (R39): never for a subject. */
  issueEvaluation(request: {
    readonly dataset: ResearchDataset;
    readonly model: string;
    readonly modality: Modality;
  }): Permit;
  /** Makes outstanding permits of a withdrawn consent worthless at once, in this process. */
  revoke(consent: ConsentId): void;
}

/** What precedes the name of a data set where a permit for measuring names a subject: no host id can look like it. */
const DATASET_SUBJECT = 'dataset\u0000';

/**
 * Makes the one authority of a system. Its permits are frozen and remembered by identity: a copy, a look-alike or a cast
 * object is not one, whatever it says.
 *
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
  const issued = new WeakSet<Permit>();
  const revoked = new Set<string>();

  function make(facts: {
    tenant: TenantId;
    subject: SubjectId;
    modality: Modality;
    purpose: Purpose;
    consent: ConsentId;
  }): Permit {
    const issuedAt = clock.now();
    const permit = Object.freeze({ ...facts, issuedAt, expiresAt: issuedAt + lifetimeMs }) as unknown as Permit;
    issued.add(permit);
    return permit;
  }

  return {
    issue({ tenant, subject, modality, purpose: asked, consents, notices }) {
      const purpose = checkPurpose(asked);
      if (purpose === 'evaluation')
        throw new AsignioError(
          'ASIGNIO_PURPOSE_FORBIDDEN',
          'Evaluation is for registered data sets, never for subjects',
        );
      const now = clock.now();
      const fitting = consents.filter(
        (consent) =>
          consent.tenant === tenant &&
          consent.subject === subject &&
          consent.modality === modality &&
          consent.purpose === purpose &&
          !revoked.has(consent.id),
      );
      const states = fitting.map((consent) => consentState(consent, notices, now));
      const live = fitting.find((_, index) => states[index] === 'granted');
      if (live !== undefined) return make({ tenant, subject, modality, purpose, consent: live.id });
      throw new AsignioError(states.includes('stale') ? 'ASIGNIO_CONSENT_STALE' : 'ASIGNIO_CONSENT_REQUIRED');
    },

    issueEvaluation({ dataset, model, modality }) {
      const { name, source, licence, jurisdiction } = dataset;
      if ([name, source, licence, jurisdiction].some((value) => typeof value !== 'string' || value.trim() === ''))
        throw new AsignioError(
          'ASIGNIO_PURPOSE_FORBIDDEN',
          'A data set is registered with name, source, licence and jurisdiction',
        );
      return make({
        tenant: 'evaluation' as TenantId,
        subject: `${DATASET_SUBJECT}${name}\u0000${model}` as SubjectId,
        modality,
        purpose: 'evaluation',
        consent: name as ConsentId,
      });
    },

    revoke(consent) {
      revoked.add(consent);
    },

    verify(permit: Permit, use: PermitUse) {
      const now = clock.now();
      const good =
        issued.has(permit) &&
        now < permit.expiresAt &&
        // A clock set back by more than a permit's life cannot bring an old one to life.
        now >= permit.issuedAt - lifetimeMs &&
        permit.tenant === use.tenant &&
        permit.subject === use.subject &&
        permit.modality === use.modality &&
        !revoked.has(permit.consent);
      if (!good) throw new AsignioError('ASIGNIO_PERMIT_INVALID');
    },
  };
}
