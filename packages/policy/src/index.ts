export { checkAgreement, checkCovered } from './agreement/agreement.ts';
export type { Agreement, AgreementInput, AgreementUse } from './agreement/agreement.ts';
export { isPrintable } from './checks.ts';
export { confirmationText } from './confirmation/confirmation.ts';
export type { ConfirmationFacts } from './confirmation/confirmation.ts';
export { confirmationWords } from './confirmation/words.ts';
export { checkConsentRecord } from './consent/check.ts';
export type { ConsentEntity, ConsentEvent, ConsentEventState } from './consent/event.ts';
export { grantConsent, PRIVACY_RIGHTS, withEvidence } from './consent/grant.ts';
export type { ConsentRequest } from './consent/grant.ts';
export { receiptJsonLd } from './consent/json-ld/receipt.ts';
export type { JsonLd, ReceiptFacts } from './consent/json-ld/receipt.ts';
export { DPV_TERMS } from './consent/json-ld/vocabulary.ts';
export { receiptClaims } from './consent/receipt.ts';
export { isOfTheSame } from './consent/record.ts';
export type { ConsentRecord } from './consent/record.ts';
export {
  consentState,
  forgetSubject,
  holdConsent,
  noteConsentState,
  supersedeConsent,
  withdrawConsent,
  withdrawnTogether,
} from './consent/state.ts';
export type { ConsentState } from './consent/state.ts';
export { upgradeConsent } from './consent/upgrade.ts';
export { certificateClaims } from './destruction/certificate.ts';
export type { Confirmation, DestructionFacts } from './destruction/certificate.ts';
export { claimMeets, claims, claimsAll, claimUnder, scopesMeet } from './destruction/scope.ts';
export type { Claim, Scope } from './destruction/scope.ts';
export { checkHold, checkReviewDate, HOLD_REVIEW_MONTHS, MOST_HOLDS } from './hold/hold.ts';
export type { HoldTerms } from './hold/hold.ts';
export { assertable, ASSERTABLE, assertableNames, checkAttributes } from './disclosure/assertion.ts';
export type { Attribute, Attributes } from './disclosure/assertion.ts';
export { checkLegalDisclosure, checkMergerNotice, MOST_DISCLOSED } from './disclosure/legal.ts';
export type { LegalDisclosure } from './disclosure/legal.ts';
export { checkDocumentImage, DEFAULT_DOCUMENT_RULE, DOCUMENT_KINDS, documentDue } from './document/document.ts';
export type { DocumentKind, DocumentRule } from './document/document.ts';
export {
  checkEgress,
  checkEgressPurpose,
  DATA_CLASSES,
  EGRESS_PURPOSES,
  GROUNDS,
  needsAgreement,
} from './egress/purposes.ts';
export type { DataClass, EgressPurpose, Ground } from './egress/purposes.ts';
export { isRegion } from './egress/regions.ts';
export type { Region } from './egress/regions.ts';
export { checkRestrictions, EGRESS_RESTRICTIONS } from './egress/restrictions.ts';
export type { EgressRestriction } from './egress/restrictions.ts';
export { calibratedScore, checkCalibration } from './egress/score.ts';
export { checkSignalList, checkSignals, DEFAULT_SIGNALS } from './egress/signals.ts';
export type { SignalList } from './egress/signals.ts';
export { checkMechanism, checkTransfer, TRANSFER_MECHANISMS } from './egress/transfer.ts';
export type { RegionPolicy, TransferFinding, TransferMechanism } from './egress/transfer.ts';
export { defaultNotices } from './notice/default/notices.ts';
export { ANNOUNCE_BEFORE_MS, announcementOf, announcements, mustBeTold } from './notice/announce.ts';
export { noticeSha256 } from './notice/notice.ts';
export type { Controller, Notice, NoticeParticulars, NoticePurpose } from './notice/notice.ts';
export { createNoticeRegister } from './notice/register.ts';
export type { NoticeReference, NoticeRegister, NoticeVersion } from './notice/register.ts';
export { createPermitAuthority } from './permit/authority.ts';
export type { PermitAuthority, PermitRequest } from './permit/authority.ts';
export { registerDataset } from './permit/datasets.ts';
export type { RegisteredDataset, ResearchDataset } from './permit/datasets.ts';
export { denialEvent } from './permit/denial.ts';
export { checkStanding, UNHINDERED } from './permit/standing.ts';
export type { Standing } from './permit/standing.ts';
export { checkPurpose } from './purposes.ts';
export { dueDate, probeDueDate, recordInteraction } from './retention/due-date.ts';
export type { DueDate, Interaction, RetentionState } from './retention/due-date.ts';
export { createRetentionPolicy } from './retention/policy.ts';
export type { RetentionPolicy } from './retention/policy.ts';
export { retentionScheduleHtml, retentionScheduleText } from './retention/print.ts';
export {
  checkPlaces,
  JURISDICTION_RETENTION,
  MOST_PLACES,
  profilesOf,
  RETENTION_PROFILES,
  retentionRules,
} from './retention/profiles.ts';
export type { RetentionProfile } from './retention/profiles.ts';
export { checkRetention, DEFAULT_RETENTION } from './retention/rules.ts';
export type { Jurisdiction, RetentionRule, RetentionStart } from './retention/rules.ts';
export { retentionSentence } from './retention/words.ts';
export { ASSESSMENT_KINDS } from './register/assessment.ts';
export type { AssessmentKind } from './register/assessment.ts';
export { combinedClass, PRIVACY_CLASSES } from './register/classes.ts';
export type { PrivacyClass } from './register/classes.ts';
export { INCIDENT_RULES, incidentDeadlines } from './register/incident.ts';
export type { IncidentDeadline, IncidentFacts, IncidentRule } from './register/incident.ts';
export { checkDecryption } from './staff/decryption.ts';
export type { DecryptionRole, Sealed } from './staff/decryption.ts';
export { ROLE_DUTIES, STAFF_ROLES } from './staff/roles.ts';
export type { StaffRole } from './staff/roles.ts';
export { acknowledgedUntil, DEFAULT_STAFF_RULES, staffRulesSha256 } from './staff/rules.ts';
export type { Acknowledgement, StaffRules } from './staff/rules.ts';
export { checkAcknowledged, checkRole, NO_STAFF } from './staff/standing.ts';
export type { RoleGrant, StaffStanding } from './staff/standing.ts';
export { retentionSchedule } from './retention/schedule.ts';
export type { ScheduleRow } from './retention/schedule.ts';
export { AGE_BANDS, ageBand, certainly16, custodialUntil, isMinor } from './minor/age.ts';
export type { AgeBand, AgeStatement } from './minor/age.ts';
export { checkContestable, DECISION_KINDS, decisionKeptUntil } from './contest/decision.ts';
export type { DecisionKind } from './contest/decision.ts';
export { deadlineRule, extendRequest, nextReminder, requestDue, requestKeptUntil } from './request/deadline.ts';
export type { DeadlineRule, Extension } from './request/deadline.ts';
export { ERASURE_EXCEPTIONS } from './request/exceptions.ts';
export type { ErasureException } from './request/exceptions.ts';
export { checkRequester, PROOF_VALID_MS, REQUESTER_FACTORS } from './request/proof.ts';
export type { ProofCheck, RequesterFactor, RequesterProof } from './request/proof.ts';
export { REGULATORS, regulatorsOf } from './request/regulators.ts';
export type { Regulator } from './request/regulators.ts';
export { lawOf, REQUEST_LAWS, REQUEST_OUTCOMES, REQUEST_TYPES } from './request/types.ts';
export type { RequestLaw, RequestOutcome, RequestType } from './request/types.ts';
export { GUARDIAN_EVIDENCE, GUARDIAN_RELATIONS } from './minor/custody.ts';
export type { GuardianEvidence, GuardianRelation } from './minor/custody.ts';
export { saleStatus } from './summary/sale.ts';
export type { SaleStatus } from './summary/sale.ts';
export { summaryContent, summaryLimit } from './summary/ccpa.ts';
export type { SummaryCategory, SummaryContent, SummaryFacts, SummaryLimit } from './summary/ccpa.ts';
export { DEFAULT_TEMPLATES, NOTICE_TEMPLATES } from './message/default/templates.ts';
export { LINT_RULES, lintTemplate, lintText } from './message/lint/lint.ts';
export type { LintFinding, LintRule } from './message/lint/lint.ts';
export { checkPreference, maySend, NO_OPTIONAL_MESSAGES } from './message/preference.ts';
export type { MessagePreference } from './message/preference.ts';
export { createTemplates, renderTemplate } from './message/template.ts';
export type { MessageTemplate, RenderedMessage, TemplateWords } from './message/template.ts';
export { checkConsenting, consentsThatCount, standingWith } from './minor/minority.ts';
export type { Consenting, Minority } from './minor/minority.ts';
export { PORTABLE_KDF, portableDigest, readPortable, writePortable } from './portable/document.ts';
export type { PortableConsent, PortableContent, PortableDocument, PortableReference } from './portable/document.ts';
export { PORTABLE_SCHEMA } from './portable/schema.ts';
export { checkLocationDays, LOCATION_DAYS, locationScheduleRow, placeDue } from './location/lifetime.ts';
export { coarsePlace, NEARNESS, nearnessOf } from './location/place.ts';
export type { Nearness, Place, Position } from './location/place.ts';
export { checkFields, FIELD_PURPOSES, usageFields } from './usage/fields.ts';
export type { AuditField, FieldPurpose, MetricLabel } from './usage/fields.ts';
