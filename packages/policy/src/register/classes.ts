import { AsignioError } from '@asignio/contracts';

/** How data are to be handled, mildest first. `personal` and all after it are of identifiable persons. */
export const PRIVACY_CLASSES = ['anonymous', 'aggregate', 'usage', 'personal', 'government-id', 'biometric'] as const;
export type PrivacyClass = (typeof PRIVACY_CLASSES)[number];

/**
 * The class of data that are combined (R36): the strictest of the parts, and the personal class at least where one of
 * them is personal or where together they identify somebody.
 *
 * @param identifies - whether the parts together single out a person, though none of them does
 * @throws AsignioError `ASIGNIO_REQUEST_INVALID` for no parts or an unknown class: nothing stays unclassified.
 * @example
 * ```ts
 * combinedClass(['usage', 'biometric']);            // 'biometric'
 * combinedClass(['usage', 'aggregate'], true);      // 'personal'
 * ```
 */
export function combinedClass(parts: readonly PrivacyClass[], identifies = false): PrivacyClass {
  if (parts.length === 0 || !parts.every((part) => PRIVACY_CLASSES.includes(part)))
    throw new AsignioError('ASIGNIO_REQUEST_INVALID', `class: each part has one of ${PRIVACY_CLASSES.join(', ')}`);
  const strictest = Math.max(...parts.map((part) => PRIVACY_CLASSES.indexOf(part)));
  const least = identifies ? PRIVACY_CLASSES.indexOf('personal') : 0;
  return PRIVACY_CLASSES[Math.max(strictest, least)] as PrivacyClass;
}
