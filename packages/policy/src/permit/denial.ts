import type { AuditEventName, ErrorCode, Purpose } from '@asignio/contracts';

/**
 * The audit event that a refusal of a permit writes; `undefined` for an error that is no refusal. A missing consent is
 * `collection.denied` where it keeps a sample from being touched (R1), and `purpose.denied` where somebody agreed to
 * signing in alone and is asked of for more (R5).
 *
 * @example
 * ```ts
 * denialEvent('ASIGNIO_CONSENT_REQUIRED', 'authentication'); // 'collection.denied'
 * denialEvent('ASIGNIO_CONSENT_REQUIRED', 'improvement');    // 'purpose.denied'
 * ```
 */
export function denialEvent(
  code: ErrorCode,
  purpose: Purpose,
): Extract<AuditEventName, 'collection.denied' | 'purpose.denied' | 'consent.stale' | 'minor.blocked'> | undefined {
  switch (code) {
    case 'ASIGNIO_CONSENT_REQUIRED':
      return purpose === 'authentication' ? 'collection.denied' : 'purpose.denied';
    case 'ASIGNIO_CONSENT_STALE':
      return 'consent.stale';
    case 'ASIGNIO_PURPOSE_FORBIDDEN':
    case 'ASIGNIO_PURPOSE_OBJECTED':
      return 'purpose.denied';
    case 'ASIGNIO_PROCESSING_RESTRICTED':
    case 'ASIGNIO_DESTRUCTION_HELD':
    case 'ASIGNIO_DESTRUCTION_BEGUN':
      return 'collection.denied';
    case 'ASIGNIO_MINOR_BLOCKED':
      return 'minor.blocked';
    default:
      return undefined;
  }
}
