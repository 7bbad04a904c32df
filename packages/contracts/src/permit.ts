import type { ConsentId, SubjectId, TenantId } from './ids.ts';
import type { EpochMs, Modality, Purpose } from './vocabulary.ts';

declare const permitBrand: unique symbol;

/**
 * The policy module's leave to touch one subject's data of one modality for one purpose. Only `@asignio/policy` can make
 * one (the brand is declared and never exported), and only the authority that made it will recognise it: a look-alike
 * object is refused at run time with `ASIGNIO_PERMIT_INVALID`.
 */
export interface Permit {
  readonly [permitBrand]: true;
  readonly tenant: TenantId;
  readonly subject: SubjectId;
  readonly modality: Modality;
  readonly purpose: Purpose;
  /** The consent record it rests on. */
  readonly consent: ConsentId;
  readonly issuedAt: EpochMs;
  /** After this it opens nothing. */
  readonly expiresAt: EpochMs;
}

/** What somebody is about to do with a permit. */
export interface PermitUse {
  readonly tenant: TenantId;
  readonly subject: SubjectId;
  readonly modality: Modality;
}

/** Recognises permits. The engine gets one when it is created, and asks it before each task. */
export interface PermitVerifier {
  /**
   * Returns when the permit is genuine, unexpired and covers the use.
   * @throws AsignioError `ASIGNIO_PERMIT_INVALID` otherwise.
   */
  verify(permit: Permit, use: PermitUse): void;
}
