import { systemClock } from '@asignio/contracts';
import type { TenantId } from '@asignio/contracts';
import {
  createNoticeRegister,
  createPermitAuthority,
  createRetentionPolicy,
  DEFAULT_DOCUMENT_RULE,
  DEFAULT_SIGNALS,
  DEFAULT_STAFF_RULES,
  createTemplates,
  DEFAULT_TEMPLATES,
  RETENTION_PROFILES,
  LOCATION_DAYS,
} from '@asignio/policy';
import type { AsignioCore } from './api.ts';
import { Assurance } from './assurance.ts';
import { DEFAULT_PROFILES } from './assurance/profile.ts';
import { Attempts, NIST_63B4_ATTEMPTS } from './attempts.ts';
import { CHECKPOINT_EVERY } from './audit/book.ts';
import { createAudit } from './audit/office.ts';
import { CabinetService } from './bridge/cabinet.ts';
import { Adaptation } from './ceremony/adaptation.ts';
import { Enrolment } from './ceremony/enrolment.ts';
import { CeremonyLedger } from './ceremony/ledger.ts';
import { CeremonyService } from './ceremony/service.ts';
import { Verification } from './ceremony/verification.ts';
import { EffectRunner } from './effects/runner.ts';
import { Decryption } from './governance/decryption.ts';
import { createGovernance } from './governance/service.ts';
import { HoldService } from './hold/service.ts';
import { createKeyCareRecords } from './keys/records.ts';
import { SigningRotation } from './keys/signing.ts';
import { LocationService } from './location/service.ts';
import { checkAnnouncements } from './message/announcer.ts';
import { createMessages } from './message/service.ts';
import { checkOptions } from './options.ts';
import type { CoreOptions } from './options.ts';
import { CustodyStore } from './rights/custody-store.ts';
import { DecisionLog } from './rights/decision-log.ts';
import { AttributeStore } from './rights/attributes.ts';
import { createFoundation } from './rights/foundation.ts';
import { createRightsRecords } from './rights/records.ts';
import { Recount } from './retention/recount.ts';
import { RetentionRecords } from './retention/records.ts';
import { RetentionService } from './retention/service.ts';
import { Timekeeper } from './retention/timekeeper.ts';
import { createRights } from './rights/rooms.ts';
import { Texts } from './rights/texts.ts';
import { Signer } from './signer.ts';
import { migrate } from './store/migrations/migrate.ts';
import { createRepositories } from './store/records.ts';
import { Confirmations } from './subject/confirmations.ts';
import { Destruction } from './subject/destruction.ts';
import { DestructionSteps } from './subject/destruction-steps.ts';
import { Erasure } from './subject/erasure.ts';
import { Evidence } from './subject/evidence.ts';
import { HoldGate } from './subject/hold-gate.ts';
import { Holdings } from './subject/holdings.ts';
import { Lifetimes } from './subject/lifetimes.ts';
import { Permits } from './subject/permits.ts';
import { SubjectEffects } from './subject/subject-effects.ts';
import { Receipts } from './subject/receipts.ts';
import { SubjectService } from './subject/service.ts';
import { SweepPlan } from './sweep-plan.ts';
import { Sweep } from './sweep.ts';
import type { SweepTools } from './sweep.ts';
import { Vault } from './vault.ts';

const DEFAULT_LIFETIMES = { enrolment: 15 * 60_000, verification: 5 * 60_000 };
const SWEEP_EVERY_MS = 60_000;
/** A machine that was off for longer waits for an operator's word before it destroys anything, ms: 31 days. */
const MAX_CLOCK_JUMP_MS = 31 * 86_400_000;

/**
 * Puts a system together: opens the plugins, starts the engine, finishes what a crash left.
 *
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, `ASIGNIO_PLUGIN_INVALID`, and whatever a plugin's `open` throws.
 * @example
 * ```ts
 * const core = await createCore({
 *   storage: storageLmdb({ path: './data' }),
 *   keys: keysFile({ path: './data/keys.json' }),
 *   engine: (permits) => createEngine({ permits }),
 *   notices: defaultNotices({ controller: { name: 'Acme', contact: 'privacy@acme.example' } }),
 *   retention: DEFAULT_RETENTION,
 * });
 * ```
 */
export async function createCore(options: CoreOptions): Promise<AsignioCore> {
  checkOptions(options);
  const { storage, keys } = options;
  const rules = createRetentionPolicy(options.retention, options.retentionProfiles ?? RETENTION_PROFILES);
  const clock = options.clock ?? systemClock;
  const notices = createNoticeRegister(options.notices);
  const authority = createPermitAuthority({ clock });
  const engine = options.engine(authority);
  const repositories = createRepositories(storage);
  const vault = new Vault(repositories, keys, clock);
  const keyRecords = createKeyCareRecords(storage);
  const signer = new Signer(vault, keyRecords.signing);
  const sink = options.checkpoints;
  const schedule = options.checkpointEvery ?? CHECKPOINT_EVERY;
  const auditing = createAudit({ storage, signer, clock, sink, schedule });
  const audit = auditing.chain;
  const rulesOfAttempts = options.attempts ?? NIST_63B4_ATTEMPTS;
  const attempts = new Attempts(repositories, clock, rulesOfAttempts);
  const assurance = new Assurance({
    profiles: options.assurance ?? DEFAULT_PROFILES,
    engine,
    evidence: options.evidence ?? [],
    attempts: rulesOfAttempts,
    clock,
  });
  const debts = new SubjectEffects({ storage, repositories, audit });
  const gate = new HoldGate({ repositories, debts });
  const rightsRecords = createRightsRecords(storage);
  const texts = new Texts(vault);
  const attributes = new AttributeStore({ records: rightsRecords, repositories, texts });
  const custody = new CustodyStore(storage, repositories.keys);
  const permits = new Permits(repositories, authority, notices, custody);
  const governance = createGovernance({
    storage,
    keys,
    repositories,
    vault,
    audit,
    permits,
    gate,
    clock,
    staffRules: options.staffRules ?? DEFAULT_STAFF_RULES,
    attributes,
    notices,
    signals: options.signals ?? DEFAULT_SIGNALS,
    documents: options.documents ?? DEFAULT_DOCUMENT_RULE,
    vendors: options.vendors ?? [],
    regions: options.regions,
  });
  const decisions = new DecisionLog(rightsRecords);
  const retentionRecords = new RetentionRecords(storage);
  // A host that hands in a clock of its own vouches for it.
  const farthest = options.clock === undefined ? MAX_CLOCK_JUMP_MS : Number.POSITIVE_INFINITY;
  const time = new Timekeeper(retentionRecords, clock, options.maxClockJumpMs ?? farthest);
  const lifetimes = new Lifetimes(repositories, rules, time);
  const steps = new DestructionSteps(repositories, storage);
  steps.addCopies(governance.copies.step);
  const destruction = new Destruction({ repositories, steps, debts, lifetimes, audit, signer, clock });
  const templates = createTemplates([...DEFAULT_TEMPLATES, ...(options.templates ?? [])]);
  checkAnnouncements(notices, templates);
  const { notification } = options;
  const messages = createMessages({
    storage,
    repositories,
    vault,
    audit,
    notices,
    templates,
    plugin: notification,
    egress: governance.egress,
    clock,
    effects: () => effects,
  });
  const modalities = options.modalities ?? ['signature'];
  const locationDays = options.locationDays ?? LOCATION_DAYS;
  const locations = new LocationService({
    storage,
    repositories,
    vault,
    permits,
    gate,
    audit,
    clock,
    modalities,
    days: locationDays,
  });
  const decryption = new Decryption({ audit, clock });
  const adaptation = new Adaptation({ repositories, vault, engine, permits, audit, decryption });
  const effects: EffectRunner = new EffectRunner({
    repositories,
    vault,
    audit,
    attempts,
    attemptRules: (name) => assurance.attemptRules(name),
    decisions,
    lifetimes,
    destruction,
    debts,
    gate,
    adaptation,
    contacts: messages.contacts,
    locations,
    announcer: messages.announcer,
    copies: governance.copies,
    documents: governance.documents,
  });
  const ledger = new CeremonyLedger({ repositories, engine, vault, clock, effects });
  const enrolment = new Enrolment({ repositories, vault, engine, permits, ledger, clock, decryption });
  const verification = new Verification({
    repositories,
    vault,
    engine,
    permits,
    attempts,
    assurance,
    ledger,
    clock,
    decryption,
  });
  const ceremonies = new CeremonyService({
    repositories,
    vault,
    engine,
    permits,
    attempts,
    assurance,
    audit,
    ledger,
    enrolment,
    verification,
    clock,
    regions: governance.regions,
    modalities,
    lifetimeMs: options.lifetimeMs ?? DEFAULT_LIFETIMES,
  });
  const erasure = new Erasure({ repositories, authority, destruction });
  const foundation = createFoundation({
    records: rightsRecords,
    decisions,
    custody,
    texts,
    attributes,
    repositories,
    vault,
    audit,
    effects,
    erasure,
    clock,
    options: options.rights ?? {},
  });
  const evidence = new Evidence(vault);
  const holdings = new Holdings(storage, custody);
  const subjects = new SubjectService({
    repositories,
    vault,
    audit,
    attempts,
    lifetimes,
    destruction,
    effects,
    evidence,
    receipts: new Receipts(evidence, signer, clock),
    confirmations: new Confirmations({ holdings, vault, signer, audit, notices, clock }),
    contacts: messages.contacts,
    locationDays,
    authority,
    notices,
    policy: rules,
    clock,
    minors: foundation.minors,
    regions: governance.regions,
    disclosures: governance.disclosures,
  });
  const holds = new HoldService({ repositories, vault, audit, effects, staff: governance.api.staff, clock });
  const retention = new RetentionService({
    repositories,
    records: retentionRecords,
    policy: rules,
    lifetimes,
    time,
    effects,
    vault,
    audit,
    staff: governance.api.staff,
    clock,
    locationDays,
  });
  const cabinet = new CabinetService({ storage, vault, clock });
  const { rights, reviews, guardians, duty, step } = createRights({
    ...foundation,
    holdings,
    subjects,
    disclosures: governance.disclosures,
    staff: governance.api.staff,
    signer,
    engine,
    permits,
    decryption,
  });
  steps.add(cabinet.step);
  const signing = new SigningRotation({ repositories, records: keyRecords, vault, signer, audit, clock });
  steps.add(foundation.minors.step);
  steps.add(step);
  const sweepTools: SweepTools = {
    storage,
    repositories,
    ledger,
    verification,
    effects,
    destruction,
    lifetimes,
    retention: retentionRecords,
    recount: new Recount({ storage, repositories, records: retentionRecords, policy: rules, lifetimes }),
    time,
    attempts,
    clock,
    duties: [auditing.duty, governance.duty, duty, cabinet.duty, signing.duty, locations.duty, messages.duty],
    onError: (error) => options.onSweepError?.(error),
  };
  const sweep = new Sweep(sweepTools);
  const plan = new SweepPlan(sweepTools);

  try {
    // Keys first: a store without its keys is a fault to be told of, keys without a store are a first start.
    await keys.open();
    await storage.open();
    await migrate({ storage, repositories, vault });
    await sink?.open();
    await notification?.open();
    await engine.warm();
    if (options.sweepAtStart !== false) await sweep.run();
  } catch (error) {
    await Promise.allSettled([engine.close(), keys.close(), storage.close(), sink?.close(), notification?.close()]);
    throw error;
  }
  const stopSweeping = sweepNowAndThen(sweep, options);

  return {
    ceremonies,
    subjects,
    audit: auditing.api,
    governance: governance.api,
    messages: messages.api,
    locations,
    rights,
    reviews,
    holds,
    guardians,
    retention,
    cabinet,
    modalities,
    assurance: { profiles: assurance.profiles, obstacles: (name) => assurance.obstacles(name) },
    publicKeys: (tenant: TenantId) => signer.publicKeys(tenant),
    sweep: (how = {}) => (how.dryRun === true ? plan.run(how) : sweep.run(how)),
    ready: () => storage.ping(),
    stats: () => engine.stats(),
    close: async () => {
      await stopSweeping();
      try {
        await engine.close();
        await governance.close();
      } finally {
        await keys.close();
        await storage.close();
        await sink?.close();
        await notification?.close();
      }
    },
  };
}

/** Sweeps now and then; the returned function stops it and waits for the one under way. */
function sweepNowAndThen(sweep: Sweep, options: CoreOptions): () => Promise<void> {
  const every = options.sweepEveryMs ?? SWEEP_EVERY_MS;
  if (every === 0) return () => Promise.resolve();
  let running: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    // One that takes longer than the time between two is not followed by a queue of others.
    running ??= sweep
      .run()
      .catch((error: unknown) => options.onSweepError?.(error))
      .finally(() => (running = undefined));
  }, every);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
