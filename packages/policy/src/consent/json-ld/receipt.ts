import type { EpochMs } from '@asignio/contracts';
import type { ConsentEvent } from '../event.ts';
import { iso, partyId } from '../receipt.ts';
import type { ConsentRecord } from '../record.ts';
import { DPV_PERSONAL_DATA, DPV_PROCESSING, DPV_PURPOSE, DPV_STATUS, JSON_LD_CONTEXT } from './vocabulary.ts';
import type { DpvTerm } from './vocabulary.ts';

/** A JSON-LD document, or part of one. */
export type JsonLd = string | number | boolean | readonly JsonLd[] | { readonly [key: string]: JsonLd };

/** The profiles of DPV for ISO/IEC TS 27560, https://w3id.org/dpv/schema/dpv-27560. */
const RECORD_PROFILE = 'https://w3id.org/dpv/schema/dpv-27560#record';
const RECEIPT_PROFILE = 'https://w3id.org/dpv/schema/dpv-27560#receipt';

/** What a receipt needs beside the record. */
export interface ReceiptFacts {
  readonly issuedAt: EpochMs;
  /** The name as it was signed. */
  readonly signedName: string;
  /** The same receipt as a signed JWS (compact), which proves what this document says. */
  readonly jws: string;
}

/**
 * The receipt of a consent as JSON-LD in the W3C's Data Privacy Vocabulary: the facts of {@link receiptClaims}, for
 * machines that speak linked data. The context stands in the document. It carries the signed form along, so that whoever
 * keeps it keeps the proof.
 *
 * @example
 * ```ts
 * const document = receiptJsonLd(consent, { issuedAt: Date.now(), signedName: 'Ada Lovelace', jws });
 * JSON.stringify(document); // application/ld+json
 * ```
 */
export function receiptJsonLd(consent: ConsentRecord, { issuedAt, signedName, jws }: ReceiptFacts): JsonLd {
  return {
    '@context': JSON_LD_CONTEXT,
    '@id': iri(consent, 'receipt', consent.id),
    '@type': dpv('ConsentReceipt'),
    'dct:conformsTo': { '@id': RECEIPT_PROFILE },
    [dpv('hasIdentifier')]: consent.id,
    'dct:created': dateTime(issuedAt),
    'dct:hasFormat': { '@id': `data:application/jose,${jws}`, 'dct:format': 'application/jose' },
    [dpv('hasRecordOfActivity')]: recordOf(consent, signedName),
  };
}

function recordOf(consent: ConsentRecord, signedName: string): JsonLd {
  return {
    '@id': iri(consent, 'consent', consent.id),
    '@type': dpv('ConsentRecord'),
    'dct:conformsTo': { '@id': RECORD_PROFILE },
    [dpv('hasIdentifier')]: consent.id,
    'asignio:schemaVersion': consent.schemaVersion,
    [dpv('hasDataSubject')]: {
      '@id': iri(consent, 'subject', consent.subject),
      '@type': dpv('DataSubject'),
      'dct:identifier': consent.subject,
    },
    [dpv('hasNotice')]: {
      '@id': iri(consent, 'notice', `${consent.noticeVersion}:${consent.language}`),
      '@type': dpv('ConsentNotice'),
      'dct:identifier': consent.noticeVersion,
      'dct:language': consent.language,
      'asignio:sha256': consent.noticeSha256,
    },
    [dpv('hasProcess')]: processOf(consent),
    [dpv('hasLegalBasis')]: ref('ExplicitlyExpressedConsent'),
    [dpv('hasConsentStatus')]: consent.events.map((event) => statusOf(consent, event, signedName)),
    ...(consent.supersededBy === null
      ? {}
      : { 'dct:isReplacedBy': { '@id': iri(consent, 'consent', consent.supersededBy) } }),
    ...(consent.hold === null ? {} : { 'asignio:legalHold': consent.hold }),
  };
}

function processOf(consent: ConsentRecord): JsonLd {
  const { purpose, controller } = consent;
  return {
    '@type': dpv('Process'),
    [dpv('hasPurpose')]: {
      '@type': dpv('Purpose'),
      'skos:broader': ref(DPV_PURPOSE[purpose]),
      'dct:identifier': purpose,
      'dct:description': worded(consent, consent.why),
    },
    [dpv('hasPersonalData')]: consent.piiTypes.map((type) => ({
      '@type': dpv(consent.specialCategory ? 'SpecialCategoryPersonalData' : 'PersonalData'),
      'skos:broader': { '@id': DPV_PERSONAL_DATA[type] },
      'dct:description': worded(consent, consent.what),
      'asignio:modality': consent.modality,
      [dpv('hasNecessity')]: ref(consent.optional ? 'Optional' : 'Required'),
      [dpv('hasDataSource')]: {
        '@type': dpv('DataSubjectDataSource'),
        'dct:description': english(consent.collectionMethod),
      },
    })),
    [dpv('hasProcessing')]: DPV_PROCESSING[purpose].map((term) => ({
      '@type': dpv('Processing'),
      'skos:broader': ref(term),
      'dct:description': english(consent.processingMethod),
    })),
    [dpv('hasStorageCondition')]: [
      {
        '@type': dpv('StorageDuration'),
        [dpv('hasDuration')]: {
          '@type': dpv('UntilEventDuration'),
          'rdf:value': worded(consent, consent.retentionPeriod),
        },
      },
      {
        '@type': dpv('StorageLocation'),
        [dpv('hasLocation')]: { '@type': dpv('Location'), 'dct:description': consent.storageLocations },
      },
    ],
    [dpv('hasDataController')]: {
      '@id': iri(consent, 'controller', consent.tenant),
      '@type': dpv('DataController'),
      [dpv('hasIdentifier')]: consent.tenant,
      [dpv('hasName')]: controller.name,
      [dpv('hasContact')]: controller.contact,
      ...(controller.address === undefined ? {} : { [dpv('hasAddress')]: controller.address }),
    },
    [dpv('hasRecipient')]: { '@type': dpv('Recipient'), 'dct:description': worded(consent, consent.recipients) },
    [dpv('hasConsentControl')]: {
      '@type': dpv('WithdrawConsent'),
      [dpv('isExercisedAt')]: english(consent.withdrawalMethod),
    },
    [dpv('hasRight')]: consent.privacyRights
      .split(', ')
      .map((right) => ({ '@type': dpv('DataSubjectRight'), 'dct:title': english(right) })),
    ...(consent.agreements.length === 0
      ? {}
      : {
          [dpv('hasLegalMeasure')]: consent.agreements.map((agreement) => ({
            '@type': dpv('DataProcessingAgreement'),
            'dct:identifier': agreement,
          })),
        }),
    ...particularsOf(consent),
  };
}

/** What a notice may leave unsaid. */
function particularsOf(consent: ConsentRecord): { readonly [key: string]: JsonLd } {
  const { service, processingLocations, geographicRestrictions, jurisdiction } = consent;
  const { codesOfConduct, impactAssessment, authority } = consent;
  return {
    ...described('hasService', 'Service', service),
    ...(processingLocations === null
      ? {}
      : {
          [dpv('hasProcessingCondition')]: {
            '@type': dpv('ProcessingLocation'),
            [dpv('hasLocation')]: { '@type': dpv('Location'), 'dct:description': processingLocations },
          },
        }),
    ...described('hasRule', 'Rule', geographicRestrictions),
    ...described('hasJurisdiction', 'Jurisdiction', jurisdiction),
    ...described('hasOrganisationalMeasure', 'CodeOfConduct', codesOfConduct),
    ...described('hasAssessment', 'ImpactAssessment', impactAssessment),
    ...described('hasAuthority', 'Authority', authority),
  };
}

function described(relation: DpvTerm, type: DpvTerm, text: string | null): { readonly [key: string]: JsonLd } {
  return text === null ? {} : { [dpv(relation)]: { '@type': dpv(type), 'dct:description': text } };
}

function statusOf(consent: ConsentRecord, event: ConsentEvent, signedName: string): JsonLd {
  const { signature } = consent;
  const granted = event.state === 'granted';
  return {
    '@type': dpv(DPV_STATUS[event.state]),
    'asignio:state': event.state,
    [dpv('isIndicatedAtTime')]: dateTime(event.time),
    [dpv('isIndicatedBy')]: {
      '@id': iri(consent, event.entity, partyId(consent, event.entity)),
      '@type': dpv(
        event.entity === 'controller'
          ? 'DataController'
          : event.entity === 'guardian'
            ? 'GuardianOfDataSubject'
            : 'DataSubject',
      ),
    },
    ...(event.validUntil === null
      ? {}
      : {
          [dpv('hasDuration')]: { '@type': dpv('UntilTimeDuration'), 'rdf:value': dateTime(event.validUntil) },
        }),
    ...(granted
      ? {
          [dpv('hasIndicationMethod')]: signature.method,
          'asignio:signedName': signedName,
          'asignio:signedAt': dateTime(signature.signedAt),
        }
      : {}),
  };
}

function dpv(term: DpvTerm): `dpv:${DpvTerm}` {
  return `dpv:${term}`;
}

function ref(term: DpvTerm): JsonLd {
  return { '@id': dpv(term) };
}

function dateTime(at: EpochMs): JsonLd {
  return { '@value': iso(at), '@type': 'xsd:dateTime' };
}

/** In the words of the notice, in its language. */
function worded({ language }: ConsentRecord, text: string): JsonLd {
  return { '@value': text, '@language': language };
}

function english(text: string): JsonLd {
  return { '@value': text, '@language': 'en' };
}

/** A name that is the same in every receipt of a tenant. */
function iri({ tenant }: ConsentRecord, what: string, id: string): string {
  return `urn:asignio:${what}:${encodeURIComponent(tenant)}:${encodeURIComponent(id)}`;
}
