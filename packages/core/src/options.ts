import Joi from 'joi';
import { AsignioError, MODALITIES, PLUGIN_KINDS } from '@asignio/contracts';
import type {
  CheckpointSink,
  Clock,
  Engine,
  KeyProvider,
  Modality,
  NotificationPlugin,
  PermitVerifier,
  PluginKind,
  StoragePlugin,
} from '@asignio/contracts';
import { checkSignalList } from '@asignio/policy';
import type {
  DocumentRule,
  MessageTemplate,
  Notice,
  RetentionProfile,
  RetentionRule,
  SignalList,
  StaffRules,
} from '@asignio/policy';
import type { ModelEvidence } from './assurance/claims.ts';
import type { AssuranceProfile } from './assurance/profile.ts';
import type { CheckpointSchedule } from './audit/book.ts';
import type { AttemptRules } from './attempts.ts';
import { REGION_OPTIONS } from './governance/regions.ts';
import type { RegionOptions } from './governance/regions.ts';
import { VENDOR_KINDS } from './governance/vendor-registry.ts';
import type { VendorPlugin } from './governance/vendor-registry.ts';
import type { RightsOptions } from './rights/api.ts';

/** What a system is made of. */
export interface CoreOptions {
  readonly storage: StoragePlugin;
  readonly keys: KeyProvider;
  /** The second place of the audit chain. Without one no checkpoints are made, and a chain cut at its end does not show. */
  readonly checkpoints?: CheckpointSink;
  /** Every 1000 entries, and at the latest 10 minutes after one, unless told. */
  readonly checkpointEvery?: CheckpointSchedule;
  /** Makes the engine; it gets what recognises permits, and must ask it before each task. */
  readonly engine: (permits: PermitVerifier) => Engine;
  /** All versions and languages of the notice. */
  readonly notices: readonly Notice[];
  /** Retention rules for everybody; the earliest due date wins. */
  readonly retention: readonly RetentionRule[];
  /** Laws of places, for those who are there; `[]` for none. {@link RETENTION_PROFILES} unless told. */
  readonly retentionProfiles?: readonly RetentionProfile[];
  /**
   * Furthest that time may go on between two sweeps, ms: beyond, the clock is suspect and nothing is destroyed by its date
   * until somebody confirms it. 31 days by the machine's clock, and no limit by a clock that is handed in, unless told.
   */
  readonly maxClockJumpMs?: number;
  /** @default ['signature'] */
  readonly modalities?: readonly Modality[];
  /** The first is the default. */
  readonly assurance?: readonly AssuranceProfile[];
  /** What tests of one's own showed of the models; profiles such as `nist-63b4` ask for it. */
  readonly evidence?: readonly ModelEvidence[];
  readonly attempts?: AttemptRules;
  /** R42: what staff acknowledge before they act. {@link DEFAULT_STAFF_RULES} unless told. */
  readonly staffRules?: StaffRules;
  /** R12: what somebody else does for us. Each is called under an agreement that is recorded, and not before. */
  readonly vendors?: readonly VendorPlugin[];
  /** R15: what may be told to risk engines. {@link DEFAULT_SIGNALS} unless told. */
  readonly signals?: SignalList;
  /** R37: how long identity documents are kept. {@link DEFAULT_DOCUMENT_RULE} unless told. */
  readonly documents?: DocumentRule;
  /** R32: without them nothing leaves, and where data are stored is not checked. */
  readonly regions?: RegionOptions;
  readonly rights?: RightsOptions;
  /** What carries messages to people. Without it they are on the person's page alone, and for the host to send. */
  readonly notification?: NotificationPlugin;
  /** R31: how long the place of a sign-in is kept, days: 30 unless told. Only of people who agreed to that. */
  readonly locationDays?: number;
  /** R40: templates of the host's own messages, beside {@link DEFAULT_TEMPLATES}. None may ask for personal data. */
  readonly templates?: readonly MessageTemplate[];
  readonly clock?: Clock;
  /** ms; enrolment 15 minutes and verification 5 unless told. */
  readonly lifetimeMs?: { readonly enrolment: number; readonly verification: number };
  /** ms between sweeps; 0 for none but those asked for. 60 s unless told. */
  readonly sweepEveryMs?: number;
  /** Whether the first sweep runs before the system is ready; what a crash left is finished by it. Yes unless told. */
  readonly sweepAtStart?: boolean;
  /** Told of a sweep that failed, and of each record that one could not handle. */
  readonly onSweepError?: (error: unknown) => void;
}

const METHODS: { readonly [K in PluginKind]?: readonly string[] } = {
  storage: [
    'open',
    'close',
    'ping',
    'get',
    'insert',
    'replace',
    'remove',
    'list',
    'listDue',
    'append',
    'logHead',
    'readLog',
    'listTenants',
    'listLogs',
    'acquireLease',
    'releaseLease',
  ],
  checkpoints: ['open', 'close', 'append', 'read'],
  keys: ['open', 'close', 'wrap', 'unwrap'],
  notification: ['open', 'close', 'send'],
  comparison: ['enrol', 'compare', 'destroy', 'close'],
  'identity-verification': ['check', 'destroy', 'close'],
  'risk-signal': ['share', 'close'],
};

const METADATA = Joi.object({
  name: Joi.string().max(214).required(),
  version: Joi.string()
    .pattern(/^\d+\.\d+\.\d+/)
    .required(),
  kind: Joi.valid(...PLUGIN_KINDS).required(),
  capabilities: Joi.array().items(Joi.string()).required(),
  data: Joi.array().items(Joi.string()).required(),
  region: Joi.string().required(),
  agreement: Joi.string(),
});

const plugin = (kind: PluginKind) =>
  Joi.any().custom((value: unknown) => {
    checkPlugin(kind, value);
    return value;
  });

const vendor = Joi.any().custom((value: unknown) => {
  const kind = VENDOR_KINDS.find((known) => known === (value as VendorPlugin | null)?.metadata?.kind);
  if (kind === undefined)
    throw new AsignioError('ASIGNIO_PLUGIN_INVALID', `A plugin in \`vendors\` is of ${VENDOR_KINDS.join(', ')}`);
  checkPlugin(kind, value);
  return value;
});

function nameOf(value: unknown): string | undefined {
  return (value as VendorPlugin | null)?.metadata?.name;
}

const ms = Joi.number().integer().positive();

const ATTEMPTS = Joi.object({
  free: Joi.number().integer().min(1).required(),
  delay: ms.required(),
  disableAt: Joi.number().integer().min(1).required(),
});

const rate = Joi.number().greater(0).less(1).required();
const modalityList = Joi.array().items(Joi.valid(...MODALITIES));
const sourced = (value: Joi.Schema) =>
  Joi.object({ value: value.required(), source: Joi.string().required() }).required();

const CONDITIONS = Joi.object({
  falseMatchRate: sourced(rate),
  authenticator: sourced(Joi.array().items(Joi.valid('passkey', 'device')).min(1)),
  alternative: sourced(Joi.valid(true)),
  refused: sourced(modalityList),
  pad: sourced(Joi.object({ modalities: modalityList.required(), iapar: rate })),
  attempts: sourced(Joi.object({ withPad: ATTEMPTS.required(), withoutPad: ATTEMPTS.required() })),
});

const EVIDENCE = Joi.object({
  modality: Joi.valid(...MODALITIES).required(),
  model: Joi.string()
    .pattern(/^[^@]+@[^@]+$/, 'name@version')
    .required(),
  falseMatch: Joi.object({
    fmr: rate,
    threshold: Joi.number().required(),
    comparisons: Joi.number().integer().min(1).required(),
    source: Joi.string().required(),
  }).allow(null),
  pad: Joi.object({ iapar: Joi.number().min(0).max(1).required(), source: Joi.string().required() }).allow(null),
});

const OPTIONS = Joi.object({
  storage: plugin('storage').required(),
  keys: plugin('keys').required(),
  notification: plugin('notification'),
  templates: Joi.array(),
  locationDays: Joi.number().integer().min(1).max(366),
  checkpoints: plugin('checkpoints'),
  checkpointEvery: Joi.object({ entries: Joi.number().integer().min(1).required(), ms: ms.required() }),
  engine: Joi.function().required(),
  notices: Joi.array().min(1).required(),
  retention: Joi.array().min(1).required(),
  retentionProfiles: Joi.array(),
  maxClockJumpMs: ms,
  modalities: Joi.array()
    .items(Joi.valid(...MODALITIES))
    .min(1)
    .unique(),
  assurance: Joi.array()
    .items(
      Joi.object({
        name: Joi.string()
          .pattern(/^[a-z0-9-]{1,64}$/)
          .required(),
        acr: Joi.string().required(),
        factors: Joi.array()
          .items(Joi.valid(...MODALITIES))
          .min(1)
          .required(),
        fmr: Joi.number().greater(0).less(1).required(),
        source: Joi.string().required(),
        fused: Joi.object({ floor: rate }),
        together: Joi.valid(true),
        conditions: CONDITIONS,
      }),
    )
    .min(1)
    .unique('name'),
  evidence: Joi.array().items(EVIDENCE),
  attempts: ATTEMPTS,
  staffRules: Joi.object({
    version: Joi.string().max(64).required(),
    statements: Joi.array().items(Joi.string().max(1000)).min(1).required(),
    validMonths: Joi.number().integer().min(1).max(36).required(),
  }),
  vendors: Joi.array()
    .items(vendor)
    .unique((a, b) => nameOf(a) === nameOf(b)),
  signals: Joi.object().pattern(Joi.string(), Joi.array()),
  documents: Joi.object({
    keptMs: ms.max(366 * 86_400_000).required(),
    maxBytes: Joi.number()
      .integer()
      .min(1)
      .max(3 * 1024 * 1024)
      .required(),
    source: Joi.string().required(),
  }),
  regions: REGION_OPTIONS,
  rights: Joi.object({
    proofValidMs: Joi.number().integer().min(1000).max(3_600_000),
    requireAge: Joi.boolean(),
    trustedExports: Joi.array().items(
      Joi.object({
        kty: Joi.valid('OKP').required(),
        crv: Joi.valid('Ed25519').required(),
        x: Joi.string().required(),
      }).unknown(),
    ),
    onReminder: Joi.function(),
  }),
  clock: Joi.object({ now: Joi.function().required() }).unknown(),
  lifetimeMs: Joi.object({ enrolment: ms.required(), verification: ms.required() }),
  sweepEveryMs: Joi.number().integer().min(0),
  sweepAtStart: Joi.boolean(),
  onSweepError: Joi.function(),
});

/**
 * Checks the options as a whole.
 * @throws AsignioError `ASIGNIO_OPTION_INVALID` or `ASIGNIO_PLUGIN_INVALID`, naming the option.
 */
export function checkOptions(options: CoreOptions): void {
  const { error } = OPTIONS.validate(options, { convert: false });
  if (error === undefined) {
    if (options.signals !== undefined) checkSignalList(options.signals);
    return;
  }
  const cause: unknown = error.details[0]?.context?.['error'];
  if (cause instanceof AsignioError) throw cause;
  throw new AsignioError('ASIGNIO_OPTION_INVALID', `createCore: ${error.message}`);
}

/** @throws AsignioError `ASIGNIO_PLUGIN_INVALID` where a plugin is of another kind, or lacks a method. */
export function checkPlugin(kind: PluginKind, value: unknown): void {
  const { metadata } = (value ?? {}) as { metadata?: { kind?: unknown } };
  const { error } = METADATA.validate(metadata ?? {}, { convert: false });
  if (error !== undefined) throw new AsignioError('ASIGNIO_PLUGIN_INVALID', `The ${kind} plugin: ${error.message}`);
  if (metadata?.kind !== kind)
    throw new AsignioError('ASIGNIO_PLUGIN_INVALID', `The option ${kind} got a plugin of another kind`);
  const missing = (METHODS[kind] ?? []).find(
    (method) => typeof (value as Record<string, unknown>)[method] !== 'function',
  );
  if (missing !== undefined)
    throw new AsignioError('ASIGNIO_PLUGIN_INVALID', `The ${kind} plugin lacks the method ${missing}`);
}
