import { AsignioError } from '@asignio/contracts';
import type { Modality, Permit, Purpose, SubjectId, TenantId } from '@asignio/contracts';
import { consentsThatCount, standingWith, UNHINDERED } from '@asignio/policy';
import type { NoticeRegister, PermitAuthority } from '@asignio/policy';
import type { CustodyStore } from '../rights/custody-store.ts';
import type { Repositories } from '../store/records.ts';
import { orderedFor } from './orders.ts';

/**
 * Reads the live consents and asks the policy for a permit: the one way in which the core gets one. Permits name the
 * subject by pseudonym, so that the engine never learns the host's id of anybody.
 */
export class Permits {
  private readonly repositories: Repositories;
  private readonly authority: PermitAuthority;
  private readonly notices: NoticeRegister;
  private readonly custody: Pick<CustodyStore, 'minority'>;

  constructor(
    repositories: Repositories,
    authority: PermitAuthority,
    notices: NoticeRegister,
    custody: Pick<CustodyStore, 'minority'>,
  ) {
    this.repositories = repositories;
    this.authority = authority;
    this.notices = notices;
    this.custody = custody;
  }

  /**
   * R8: what is only kept because of a hold is never processed, whatever was agreed.
   * @throws AsignioError `ASIGNIO_CONSENT_REQUIRED`, `ASIGNIO_CONSENT_STALE`, `ASIGNIO_DESTRUCTION_HELD`,
   * `ASIGNIO_DESTRUCTION_BEGUN`.
   */
  async issue(
    tenant: TenantId,
    pseudonym: string,
    modality: Modality,
    purpose: Purpose = 'authentication',
  ): Promise<Permit> {
    const [stored, subject, minority] = await Promise.all([
      this.repositories.consents.ofSubject(tenant, pseudonym),
      this.repositories.subjects.get(tenant, pseudonym),
      // R34: asked for whoever it is, so that a minor cannot be told by what is read.
      this.custody.minority(tenant, pseudonym),
    ]);
    const order = subject === undefined ? undefined : orderedFor(subject.value, modality);
    if (order !== undefined)
      throw new AsignioError(order.claim === null ? 'ASIGNIO_DESTRUCTION_HELD' : 'ASIGNIO_DESTRUCTION_BEGUN');
    return this.authority.issue({
      tenant,
      subject: pseudonym as SubjectId,
      modality,
      purpose,
      consents: consentsThatCount(
        stored.map(({ value }) => value.consent),
        minority,
      ),
      notices: this.notices,
      standing: standingWith(subject?.value.standing ?? UNHINDERED, minority),
    });
  }
}

const REFUSALS: ReadonlySet<string> = new Set([
  'ASIGNIO_CONSENT_REQUIRED',
  'ASIGNIO_CONSENT_STALE',
  'ASIGNIO_PURPOSE_FORBIDDEN',
  'ASIGNIO_PROCESSING_RESTRICTED',
  'ASIGNIO_PURPOSE_OBJECTED',
  'ASIGNIO_MINOR_BLOCKED',
  'ASIGNIO_DESTRUCTION_HELD',
  'ASIGNIO_DESTRUCTION_BEGUN',
]);

/** Whether an error is the policy's refusal, as opposed to a fault. */
export function isRefusal(error: unknown): error is AsignioError {
  return error instanceof AsignioError && REFUSALS.has(error.code);
}
