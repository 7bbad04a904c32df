import { AsignioError } from '@asignio/contracts';

/*
 * R41: what is recorded of how the system is used, and on what device. A field that is not here is not recorded; one that
 * nothing writes any more is taken out. Nothing of a network address, a browser's name, a screen or a habit is among them.
 */

/** What a field of usage or of a device may be for. */
export const FIELD_PURPOSES = {
  evidence: 'to prove to the person, an auditor or an authority what was done with data, and by whom',
  security: 'to notice and limit attacks',
  comparison: 'to compare a sample with those of enrolment',
  retention: 'to destroy data when they are due',
  operation: 'to go on after a crash, and to watch that the system works',
} as const;
export type FieldPurpose = keyof typeof FIELD_PURPOSES;

/** Names of fields, by what they are for. */
type Groups = { readonly [P in FieldPurpose]?: readonly string[] };

/** Fields of the data of audit entries, by what they are for. */
const AUDIT = {
  evidence: [
    'act',
    'agreement',
    'approver',
    'attributes',
    'band',
    'basis',
    'bridges',
    'by',
    'ceremonies',
    'ceremony',
    'checkpoint',
    'class',
    'consent',
    'consents',
    'contests',
    'copies',
    'country',
    'current',
    'custody',
    'data',
    'dataset',
    'date',
    'decision',
    'deed',
    'destroyed',
    'destruction',
    'detail',
    'disclosed',
    'disclosure',
    'discoveredAt',
    'document',
    'documents',
    'effectiveAt',
    'endedAt',
    'enrolments',
    'evidence',
    'exceptions',
    'export',
    'fields',
    'findings',
    'firstDue',
    'from',
    'ground',
    'guardian',
    'highRisk',
    'hold',
    'id',
    'images',
    'incident',
    'issuer',
    'jurisdiction',
    'key',
    'keys',
    'kind',
    'language',
    'languages',
    'law',
    'leftOut',
    'licence',
    'lifts',
    'mandatory',
    'material',
    'mechanism',
    'modalities',
    'modality',
    'model',
    'next',
    'nextDue',
    'notice',
    'number',
    'operator',
    'order',
    'others',
    'outcome',
    'party',
    'parts',
    'permitted',
    'persons',
    'places',
    'probes',
    'purpose',
    'purposes',
    'recipient',
    'record',
    'records',
    'reference',
    'references',
    'region',
    'regions',
    'register',
    'relation',
    'release',
    'remaining',
    'request',
    'requestedBy',
    'reviewAt',
    'right',
    'role',
    'rules',
    'samples',
    'scope',
    'sequence',
    'sha256',
    'signals',
    'source',
    'species',
    'staff',
    'step',
    'storedAt',
    'template',
    'to',
    'together',
    'type',
    'under',
    'unreadable',
    'until',
    'use',
    'variant',
    'vendor',
    'vendors',
    'version',
    'what',
    'why',
  ],
  security: ['assurance', 'attempts', 'factors', 'fmr', 'reason', 'reasons'],
  retention: ['due', 'rule'],
} as const satisfies Groups;

/** Fields of records that say how and when somebody uses the system; `effects` is what a change still owes. */
const RECORDS = {
  subject: {
    evidence: ['createdAt', 'standing', 'askedAt', 'holds'],
    retention: ['life', 'lastInteraction', 'due', 'rule', 'places', 'purposeEndedAt', 'orders', 'takings'],
    operation: ['effects'],
  },
  ceremony: {
    security: [
      'challenges',
      'subject',
      'sealedSubject',
      'signedIn',
      'origin',
      'binding',
      'assurance',
      'authenticator',
      'together',
      'submissions',
      'decision',
      'reasons',
      'factors',
      'satisfied',
      'results',
    ],
    comparison: ['kind', 'modalities', 'key', 'consent', 'parts'],
    operation: ['state', 'createdAt', 'expiresAt', 'decidedAt', 'effects'],
  },
  attempts: { security: ['failures', 'lastAt', 'inFlight', 'counted'], retention: ['keepUntil'] },
  reference: {
    comparison: [
      'variant',
      'sealed',
      'generation',
      'samples',
      'established',
      'model',
      'adaptations',
      'key',
      'modality',
    ],
    evidence: ['subject', 'consent', 'createdAt', 'revokedAt'],
  },
  probe: { security: ['subject', 'reference', 'generation', 'sealed'], retention: ['expiresAt', 'lookAt'] },
  decision: {
    evidence: ['subject', 'kind', 'at', 'reasons', 'modalities', 'model', 'assurance', 'fmr', 'contest', 'review'],
  },
} as const satisfies Readonly<Record<string, Groups>>;

/** What a capture tells of the device, and nothing else about it. */
const DEVICE = {
  comparison: ['format', 'pointerType', 'canvas', 'pixelRatio', 'x', 'y', 't', 'pressure', 'pen'],
} as const satisfies Groups;

/** Labels of metrics: of fixed sets, and none that tells a person. */
const METRICS = {
  operation: ['kind', 'decision', 'route', 'method', 'status'],
} as const satisfies Groups;

type Names<T extends Groups> = { [P in keyof T]: T[P] extends readonly (infer N)[] ? N : never }[keyof T];
/** A declared field of an audit entry's data. */
export type AuditField = Names<typeof AUDIT>;
/** A declared label of a metric. */
export type MetricLabel = Names<typeof METRICS>;

const REGISTER: ReadonlyMap<string, ReadonlyMap<string, FieldPurpose>> = new Map(
  Object.entries({ audit: AUDIT, metric: METRICS, device: DEVICE, ...RECORDS }).map(([place, groups]) => [
    place,
    new Map(
      Object.entries(groups).flatMap(([purpose, names]) =>
        (names as readonly string[]).map((name) => [name, purpose as FieldPurpose] as const),
      ),
    ),
  ]),
);

/** The register of usage and device fields (R41): place, field, and what it is for. */
export function usageFields(): readonly {
  readonly place: string;
  readonly field: string;
  readonly purpose: FieldPurpose;
}[] {
  return [...REGISTER].flatMap(([place, fields]) => [...fields].map(([field, purpose]) => ({ place, field, purpose })));
}

/**
 * Refuses a field that is not declared, before it is recorded. Kinds of records that say nothing of usage are not its
 * business.
 * @param place `audit`, `metric`, `device`, or a kind of record
 * @throws AsignioError `ASIGNIO_FIELD_UNDECLARED` naming place and field, never a value.
 * @example
 * ```ts
 * checkFields('audit', { modality: 'signature' });
 * checkFields('audit', { userAgent: 'Mozilla/5.0' }); // throws ASIGNIO_FIELD_UNDECLARED
 * ```
 */
export function checkFields(place: string, value: object): void {
  const declared = REGISTER.get(place);
  if (declared === undefined) return;
  for (const field of Object.keys(value))
    if (!declared.has(field))
      throw new AsignioError('ASIGNIO_FIELD_UNDECLARED', `${field.slice(0, 64)} is not a declared field of ${place}`);
}
