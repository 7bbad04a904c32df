import type { ConsentRecord } from './consent.ts';

/** What a consent receipt says; the caller adds the signed name and signs it all as a JWS. Times are ISO 8601. */
export function receiptClaims(consent: ConsentRecord) {
  const { signature, state, grantedAt, withdrawnAt, validUntil, supersededBy, ...facts } = consent;
  return {
    ...facts,
    state,
    grantedAt: new Date(grantedAt).toISOString(),
    withdrawnAt: withdrawnAt === null ? null : new Date(withdrawnAt).toISOString(),
    validUntil: validUntil === null ? null : new Date(validUntil).toISOString(),
    supersededBy,
    signature: { method: signature.method, signedAt: new Date(signature.signedAt).toISOString() },
  };
}
