import { AsignioError, MODALITIES } from '@asignio/contracts';

/** What can leave, as agreements and the disclosure ledger name it. */
export const DATA_CLASSES = [...MODALITIES, 'government-id', 'attribute', 'contact', 'risk-signal'] as const;
export type DataClass = (typeof DATA_CLASSES)[number];

/** What a disclosure can rest on. `permit` is a biometric consent that the policy checked. */
export const GROUNDS = ['permit', 'consent', 'legal-obligation', 'legitimate-interest', 'legal-process'] as const;
export type Ground = (typeof GROUNDS)[number];

/** What the policy knows of a purpose for which data leave. */
interface EgressRule {
  readonly data: readonly DataClass[];
  readonly grounds: readonly Ground[];
  /** Whether the recipient works for us, which takes a data-processing agreement (GDPR Art. 28(3)). */
  readonly agreement: boolean;
}

const RULES = {
  'vendor-comparison': { data: MODALITIES, grounds: ['permit'], agreement: true },
  'identity-verification': {
    data: ['government-id'],
    grounds: ['consent', 'legal-obligation'],
    agreement: true,
  },
  'risk-signal': { data: ['risk-signal'], grounds: ['legitimate-interest', 'consent'], agreement: true },
  assertion: { data: ['attribute'], grounds: ['consent'], agreement: false },
  // Who is written to, and what: by somebody who delivers it for us.
  notification: { data: ['contact'], grounds: ['legal-obligation', 'consent'], agreement: true },
  'legal-process': { data: DATA_CLASSES, grounds: ['legal-process'], agreement: false },
  transfer: { data: DATA_CLASSES, grounds: ['permit', 'legitimate-interest'], agreement: false },
} as const satisfies Record<string, EgressRule>;

/** Why data may leave. There is no purpose of sale, lease, trade or marketing here, and no function that adds one (R11). */
export type EgressPurpose = keyof typeof RULES;
export const EGRESS_PURPOSES = Object.freeze(Object.keys(RULES)) as readonly EgressPurpose[];

// A table of its own: who changes the object above at run time has not made a purpose known here.
const TABLE: ReadonlyMap<unknown, EgressRule> = new Map(Object.entries(RULES));

/**
 * Narrows to a purpose for which data may leave at all (R11).
 * @throws AsignioError `ASIGNIO_PURPOSE_FORBIDDEN`.
 * @example
 * ```ts
 * checkEgressPurpose('vendor-comparison'); // 'vendor-comparison'
 * checkEgressPurpose('sale');              // throws ASIGNIO_PURPOSE_FORBIDDEN
 * ```
 */
export function checkEgressPurpose(value: unknown): EgressPurpose {
  if (!TABLE.has(value))
    throw new AsignioError('ASIGNIO_PURPOSE_FORBIDDEN', 'Nothing leaves for such a purpose, and none can be added');
  return value as EgressPurpose;
}

/**
 * Whether these data may leave for the purpose on these grounds.
 * @throws AsignioError `ASIGNIO_PURPOSE_FORBIDDEN`.
 */
export function checkEgress(purpose: EgressPurpose, data: readonly DataClass[], ground: Ground): void {
  const rule = egressRule(purpose);
  if (data.length === 0 || !data.every((item) => rule.data.includes(item)))
    throw new AsignioError('ASIGNIO_PURPOSE_FORBIDDEN', `For ${purpose} only these leave: ${rule.data.join(', ')}`);
  if (!rule.grounds.includes(ground))
    throw new AsignioError('ASIGNIO_PURPOSE_FORBIDDEN', `For ${purpose} it takes ${rule.grounds.join(' or ')}`);
  // What a person is recognised by goes on that person's own word, or a court's (740 ILCS 14/15(d)).
  const biometric = data.some((item) => MODALITIES.some((modality) => modality === item));
  if (biometric && ground !== 'permit' && ground !== 'legal-process')
    throw new AsignioError('ASIGNIO_PURPOSE_FORBIDDEN', 'Biometric data leave on a consent or a legal order alone');
}

/** Whether the recipient of this purpose works under a data-processing agreement. */
export function needsAgreement(purpose: EgressPurpose): boolean {
  return egressRule(purpose).agreement;
}

function egressRule(purpose: EgressPurpose): EgressRule {
  return TABLE.get(checkEgressPurpose(purpose)) as EgressRule;
}
