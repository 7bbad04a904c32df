import type { EpochMs } from '@asignio/contracts';
import type { ConsentRecord } from './record.ts';

/**
 * What a consent receipt says, in the sections of ISO/IEC TS 27560:2023; the caller adds the signed name and signs it all
 * as a JWS. Times are ISO 8601. The sealed evidence is not in it.
 */
export function receiptClaims(consent: ConsentRecord) {
  const { signature } = consent;
  return {
    header: {
      schemaVersion: consent.schemaVersion,
      recordId: consent.id,
      tenant: consent.tenant,
      piiPrincipal: consent.subject,
    },
    processing: {
      privacyNotice: {
        version: consent.noticeVersion,
        sha256: consent.noticeSha256,
        language: consent.language,
      },
      purpose: consent.purpose,
      modality: consent.modality,
      why: consent.why,
      lawfulBasis: consent.lawfulBasis,
      piiInformation: consent.what,
      service: consent.service,
      collectionMethod: consent.collectionMethod,
      processingMethod: consent.processingMethod,
      storageLocations: consent.storageLocations,
      processingLocations: consent.processingLocations,
      geographicRestrictions: consent.geographicRestrictions,
      retentionPeriod: consent.retentionPeriod,
      recipients: consent.recipients,
      jurisdiction: consent.jurisdiction,
      withdrawalMethod: consent.withdrawalMethod,
      privacyRights: consent.privacyRights,
      codesOfConduct: consent.codesOfConduct,
      impactAssessment: consent.impactAssessment,
      authority: consent.authority,
    },
    party: { role: 'PII controller', name: consent.controller.name, contact: consent.controller.contact },
    event: {
      type: consent.type,
      state: consent.state,
      entity: consent.subject,
      grantedAt: iso(consent.grantedAt),
      withdrawnAt: isoOrNull(consent.withdrawnAt),
      validUntil: isoOrNull(consent.validUntil),
      signature: { method: signature.method, signedAt: iso(signature.signedAt) },
      supersededBy: consent.supersededBy,
    },
  };
}

function iso(at: EpochMs): string {
  return new Date(at).toISOString();
}

function isoOrNull(at: EpochMs | null): string | null {
  return at === null ? null : iso(at);
}
