export { consentState, grantConsent, withdrawConsent } from './consent.ts';
export type { ConsentRecord, ConsentRequest } from './consent.ts';
export type { ResearchDataset } from './datasets.ts';
export { defaultNotices } from './default-notices.ts';
export { certificateClaims } from './destruction.ts';
export type { DestructionFacts } from './destruction.ts';
export { createNoticeRegister, noticeSha256 } from './notices.ts';
export type { Notice, NoticePurpose, NoticeRegister } from './notices.ts';
export { createPermitAuthority } from './permits.ts';
export type { PermitAuthority, PermitRequest } from './permits.ts';
export { checkPurpose } from './purposes.ts';
export { receiptClaims } from './receipt.ts';
export {
  DEFAULT_RETENTION,
  dueDate,
  JURISDICTION_RETENTION,
  recordInteraction,
  retentionSchedule,
} from './retention.ts';
export type { DueDate, Interaction, RetentionRule, RetentionStart, RetentionState, ScheduleRow } from './retention.ts';
