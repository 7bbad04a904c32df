/**
 * Signature sign-in for an Express app in one import.
 *
 * @packageDocumentation
 */
export { createAsignio } from './asignio.ts';
export type { Asignio } from './asignio.ts';
export type { AsignioOptions } from './options.ts';
export { AsignioError, ERRORS, subjectId, tenantId, toProblem } from '@asignio/contracts';
export type { ErrorCode, SubjectId, TenantId } from '@asignio/contracts';
export type { AsignioCore, Operator, Proof, Requester } from '@asignio/core';
export { DEFAULT_PROFILES, FACE_PROFILES, nist63b4 } from '@asignio/core';
export { rememberedProof, requireAssurance } from '@asignio/passport';
