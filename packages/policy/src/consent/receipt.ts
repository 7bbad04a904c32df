import type { EpochMs } from '@asignio/contracts';
import type { ConsentEntity } from './event.ts';
import type { ConsentRecord } from './record.ts';

/**
 * What a consent receipt says, in the sections of ISO/IEC TS 27560:2023; the caller adds the signed name and signs it all
 * as a JWS. Times are ISO 8601. The sealed evidence is not in it.
 */
export function receiptClaims(consent: ConsentRecord) {
  const { signature, controller } = consent;
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
      piiInformation: {
        description: consent.what,
        types: consent.piiTypes,
        optional: consent.optional,
        specialCategory: consent.specialCategory,
      },
      service: consent.service,
      collectionMethod: consent.collectionMethod,
      processingMethod: consent.processingMethod,
      storageLocations: consent.storageLocations,
      processingLocations: consent.processingLocations,
      geographicRestrictions: consent.geographicRestrictions,
      retentionPeriod: consent.retentionPeriod,
      recipients: consent.recipients,
      agreements: consent.agreements,
      jurisdiction: consent.jurisdiction,
      withdrawalMethod: consent.withdrawalMethod,
      privacyRights: consent.privacyRights,
      codesOfConduct: consent.codesOfConduct,
      impactAssessment: consent.impactAssessment,
      authority: consent.authority,
    },
    parties: [
      {
        id: consent.tenant,
        role: 'PII controller',
        name: controller.name,
        contact: controller.contact,
        address: controller.address ?? null,
      },
      { id: consent.subject, role: 'PII principal' },
      ...(consent.guardian === null ? [] : [{ id: consent.guardian, role: 'guardian of the PII principal' }]),
    ],
    event: {
      type: consent.type,
      state: consent.state,
      entity: partyId(consent, consent.guardian === null ? 'subject' : 'guardian'),
      grantedAt: iso(consent.grantedAt),
      withdrawnAt: isoOrNull(consent.withdrawnAt),
      validUntil: isoOrNull(consent.validUntil),
      signature: { method: signature.method, signedAt: iso(signature.signedAt) },
      supersededBy: consent.supersededBy,
      hold: consent.hold,
    },
    history: consent.events.map((event) => ({
      time: iso(event.time),
      validUntil: isoOrNull(event.validUntil),
      entity: partyId(consent, event.entity),
      type: event.type,
      state: event.state,
    })),
  };
}

/** The id that a receipt gives to who was in a role. */
export function partyId(consent: ConsentRecord, entity: ConsentEntity): string {
  if (entity === 'controller') return consent.tenant;
  return entity === 'guardian' ? (consent.guardian ?? consent.subject) : consent.subject;
}

export function iso(at: EpochMs): string {
  return new Date(at).toISOString();
}

export function isoOrNull(at: EpochMs | null): string | null {
  return at === null ? null : iso(at);
}
