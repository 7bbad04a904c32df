import type { Purpose } from '@asignio/contracts';
import type { ConsentEventState } from '../event.ts';
import type { PiiType } from '../../purposes.ts';

/**
 * The terms that receipts use of the Data Privacy Vocabulary, version 2.3 (https://w3id.org/dpv), as its guide for consent
 * records has them (https://w3id.org/dpv/guides/consent-27560).
 */
export const DPV_TERMS = [
  'ConsentExpired',
  'ConsentGiven',
  'ConsentNotice',
  'ConsentReceipt',
  'ConsentRecord',
  'ConsentWithdrawn',
  'Authority',
  'CodeOfConduct',
  'Collect',
  'DataController',
  'DataProcessingAgreement',
  'DataSubject',
  'DataSubjectDataSource',
  'DataSubjectRight',
  'ExplicitlyExpressedConsent',
  'FraudPreventionAndDetection',
  'GuardianOfDataSubject',
  'IdentityAuthentication',
  'ImpactAssessment',
  'ImproveExistingProductsAndServices',
  'Jurisdiction',
  'Location',
  'Match',
  'Optional',
  'PersonalData',
  'Process',
  'Processing',
  'ProcessingLocation',
  'Purpose',
  'Recipient',
  'Required',
  'ResearchAndDevelopment',
  'Rule',
  'Service',
  'ServiceProvision',
  'SpecialCategoryPersonalData',
  'StorageDuration',
  'StorageLocation',
  'Store',
  'Transfer',
  'UntilEventDuration',
  'UntilTimeDuration',
  'WithdrawConsent',
  'hasAddress',
  'hasAssessment',
  'hasAuthority',
  'hasConsentControl',
  'hasConsentStatus',
  'hasContact',
  'hasDataController',
  'hasDataSource',
  'hasDataSubject',
  'hasDuration',
  'hasIdentifier',
  'hasIndicationMethod',
  'hasJurisdiction',
  'hasLegalBasis',
  'hasLegalMeasure',
  'hasLocation',
  'hasName',
  'hasNecessity',
  'hasNotice',
  'hasOrganisationalMeasure',
  'hasPersonalData',
  'hasProcess',
  'hasProcessing',
  'hasProcessingCondition',
  'hasPurpose',
  'hasRecipient',
  'hasRecordOfActivity',
  'hasRight',
  'hasRule',
  'hasService',
  'hasStorageCondition',
  'isExercisedAt',
  'isIndicatedAtTime',
  'isIndicatedBy',
] as const;
export type DpvTerm = (typeof DPV_TERMS)[number];

/** Stands in the document itself, so that nothing has to be fetched to read it. */
export const JSON_LD_CONTEXT = {
  dpv: 'https://w3id.org/dpv#',
  pd: 'https://w3id.org/dpv/pd#',
  dct: 'http://purl.org/dc/terms/',
  rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
  skos: 'http://www.w3.org/2004/02/skos/core#',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
  /** What the vocabulary has no word for. */
  asignio: 'urn:asignio:term:',
} as const;

/** The purpose's nearest kind in the vocabulary. */
export const DPV_PURPOSE: Readonly<Record<Purpose, DpvTerm>> = {
  authentication: 'IdentityAuthentication',
  improvement: 'ImproveExistingProductsAndServices',
  'vendor-comparison': 'IdentityAuthentication',
  location: 'FraudPreventionAndDetection',
  transfer: 'ServiceProvision',
  evaluation: 'ResearchAndDevelopment',
};

/** What is done with the data for a purpose. */
export const DPV_PROCESSING: Readonly<Record<Purpose, readonly DpvTerm[]>> = {
  authentication: ['Collect', 'Store', 'Match'],
  improvement: ['Collect', 'Store', 'Match'],
  'vendor-comparison': ['Collect', 'Transfer', 'Match'],
  location: ['Collect', 'Store', 'Match'],
  transfer: ['Transfer'],
  evaluation: ['Match'],
};

/** Kinds of data in the extension for personal data, https://w3id.org/dpv/pd. */
export const DPV_PERSONAL_DATA: Readonly<Record<PiiType, string>> = {
  biometric: 'pd:Biometric',
  location: 'pd:Location',
};

/**
 * The vocabulary knows of no consent that is stale or superseded: both have lost their "contextual validity", as it defines
 * `ConsentExpired`.
 */
export const DPV_STATUS: Readonly<Record<ConsentEventState, DpvTerm>> = {
  granted: 'ConsentGiven',
  withdrawn: 'ConsentWithdrawn',
  superseded: 'ConsentExpired',
  stale: 'ConsentExpired',
  expired: 'ConsentExpired',
};
