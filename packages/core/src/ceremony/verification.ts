import { AsignioError } from '@asignio/contracts';
import type {
  Clock,
  CompareResult,
  Engine,
  ErrorCode,
  Modality,
  Permit,
  SealedReference,
  TenantId,
} from '@asignio/contracts';
import { denialEvent } from '@asignio/policy';
import type { CeremonyHandle, CeremonyView } from '../api.ts';
import type { Assurance, Evidence, Verdict } from '../assurance.ts';
import type { Attempts } from '../attempts.ts';
import type { Decryption, Opening } from '../governance/decryption.ts';
import type { Effect } from '../effects/effect.ts';
import type { DecisionFacts } from '../rights/decision-log.ts';
import { isRefusal } from '../subject/permits.ts';
import type { Permits } from '../subject/permits.ts';
import type { CeremonyRecord, ReferenceRecord, Repositories, SampleResult } from '../store/records.ts';
import type { Typed } from '../store/repository.ts';
import type { Vault } from '../vault.ts';
import { NEW_SITTING_MS } from './adaptation.ts';
import type { Captured } from './captured.ts';
import { besides } from './challenge.ts';
import { audit } from './enrolment.ts';
import { ceremonyContext } from './ledger.ts';
import type { CeremonyLedger } from './ledger.ts';

/** A comparison that has not come back by then was interrupted, ms. Above any engine deadline. */
const COMPARING_MS = 30_000;
/** Only a probe that would pass at this skilled FMR may teach the reference. */
const STRONG_FMR = 0.001;
/** Newest probes that a replay is looked for in. */
const RECENT_PROBES = 10;
/** A pseudonym that is nobody's: they are longer. */
const NOBODY = 'nobody';

export interface VerificationTools {
  readonly repositories: Repositories;
  readonly vault: Vault;
  readonly engine: Engine;
  readonly permits: Permits;
  readonly attempts: Attempts;
  readonly assurance: Assurance;
  readonly ledger: CeremonyLedger;
  readonly clock: Clock;
  readonly decryption: Decryption;
}

/** What the decision needs of a comparison; sealed in the ceremony until then. */
interface ComparisonOutcome {
  readonly score: number;
  readonly attack: boolean;
  readonly species: string | null;
  readonly model: string;
}

type Outcome = Pick<SampleResult, 'status' | 'outcome' | 'reason' | 'reference' | 'generation' | 'probe'>;

const NOTHING: Omit<Outcome, 'status' | 'reason'> = { outcome: null, reference: null, generation: null, probe: null };

/**
 * Compares a sample with the subject's references, and decides. An unknown subject, one without consent or enrolment,
 * and one who is rejected take the same steps, in the same order, to the same answer.
 */
export class Verification {
  private readonly tools: VerificationTools;

  constructor(tools: VerificationTools) {
    this.tools = tools;
  }

  async submit(
    handle: CeremonyHandle,
    record: Typed<CeremonyRecord>,
    modality: Modality,
    captured: Captured,
  ): Promise<{ needed: number; received: number }> {
    const { attempts, assurance, ledger, clock } = this.tools;
    const { tenant } = handle;
    const { subject, expiresAt, results } = record.value;
    if (results[modality] !== undefined)
      throw new AsignioError('ASIGNIO_CEREMONY_ORDER', 'This sample is here already; complete the ceremony');
    const rules = assurance.attemptRules(record.value.assurance);
    await attempts.reserve(tenant, subject, record.id, expiresAt, rules);
    const until = clock.now() + COMPARING_MS;
    const claimed = await ledger.move(record, {
      ...record.value,
      results: { ...results, [modality]: { ...NOTHING, status: 'comparing', reason: null, until } },
    });
    let outcome: Outcome;
    try {
      outcome = await this.compare(tenant, claimed, modality, captured);
    } catch (error) {
      // Busy, timed out, unreachable: nothing was compared, and the person may try again in this ceremony.
      await ledger.move(claimed, record.value);
      // Unless another modality's sample was compared in this ceremony: that is an attempt. So is having seen prompts.
      const { challenges = {} } = record.value;
      if (Object.keys(results).length === 0 && Object.keys(challenges).length === 0)
        await attempts.release(tenant, subject, record.id);
      throw error;
    }
    await ledger.move(claimed, {
      ...claimed.value,
      results: { ...claimed.value.results, [modality]: { ...outcome, until } },
    });
    return { needed: 1, received: 1 };
  }

  async complete(handle: CeremonyHandle, record: Typed<CeremonyRecord>): Promise<CeremonyView> {
    const { ledger, clock } = this.tools;
    const missing = record.value.modalities.filter((modality) => {
      const result = record.value.results[modality];
      return result === undefined || (result.status === 'comparing' && result.until > clock.now());
    });
    if (missing.length > 0) throw new AsignioError('ASIGNIO_CEREMONY_ORDER', `Still to come: ${missing.join(', ')}`);
    const decided = await ledger.move(record, await this.decide(handle.tenant, record));
    await ledger.settle(decided);
    if (decided.value.decision !== 'accepted') throw new AsignioError('ASIGNIO_NOT_VERIFIED');
    return ledger.view(record.id, decided.value);
  }

  /** Decides an interrupted ceremony: inconclusive, counted as a failure. */
  async abandon(record: Typed<CeremonyRecord>): Promise<void> {
    const { ledger } = this.tools;
    const reason = 'interrupted';
    await ledger.settle(await ledger.move(record, await this.decide(record.tenant, record, reason)));
  }

  private async compare(
    tenant: TenantId,
    record: Typed<CeremonyRecord>,
    modality: Modality,
    captured: Captured,
  ): Promise<Outcome> {
    const { engine, permits, decryption } = this.tools;
    const { subject } = record.value;
    const { sample } = captured;
    const opening: Opening = { tenant, subject, modality, ceremony: record.id, act: 'comparison' };
    let permit: Permit;
    try {
      // Leave for all that the ceremony asks for, before any of it is touched.
      const asked = await Promise.allSettled(
        record.value.modalities.map(async (one) => ({ one, permit: await permits.issue(tenant, subject, one) })),
      );
      const refused = asked.find((each) => each.status === 'rejected');
      if (refused !== undefined) throw refused.reason;
      const own = asked.find((each) => each.status === 'fulfilled' && each.value.one === modality);
      permit = (own as PromiseFulfilledResult<{ permit: Permit }>).value.permit;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // No permit: the sample goes nowhere, and nothing of the subject is read. What it would have cost passes all the same.
      await this.open(tenant, NOBODY, modality);
      await decryption.withheld(opening);
      await engine.decoy(modality, sample.bytes.byteLength);
      return { ...NOTHING, status: 'denied', reason: error.code };
    }
    const { references, opened } = await this.open(tenant, subject, modality);
    if (opened.length === 0) {
      await decryption.withheld(opening);
      await engine.decoy(modality, sample.bytes.byteLength);
      return { ...NOTHING, status: 'not-enrolled', reason: 'not-enrolled' };
    }
    await wipingOnFailure(opened, async () => decryption.opened(opening, permit, opened.length));
    let result: CompareResult;
    try {
      result = await engine.compare({
        permit,
        modality,
        ...captured,
        references: opened,
      });
    } catch (error) {
      if (!isSampleFault(error)) throw error;
      return { ...NOTHING, status: 'not-acquired', reason: error.code };
    }
    return this.outcomeOf(tenant, record.id, modality, result, references);
  }

  private async outcomeOf(
    tenant: TenantId,
    ceremony: string,
    modality: Modality,
    result: CompareResult,
    references: readonly Typed<ReferenceRecord>[],
  ): Promise<Outcome> {
    if (result.score === undefined) {
      const reason = result.findings[0]?.code ?? 'not-compared';
      return { ...NOTHING, status: 'not-acquired', reason };
    }
    const outcome: ComparisonOutcome = {
      score: result.score,
      attack: result.pad.attack,
      species: result.pad.species ?? null,
      model: `${result.model.name}@${result.model.version}`,
    };
    const matched = references.find((reference) => reference.id === result.reference);
    return {
      status: 'compared',
      reason: null,
      outcome: await this.tools.vault.sealRecord(
        tenant,
        ceremonyContext(ceremony, modality),
        Buffer.from(JSON.stringify(outcome), 'utf8'),
      ),
      reference: matched?.id ?? null,
      generation: matched?.value.generation ?? null,
      probe: result.probe ?? null,
    };
  }

  private async decide(tenant: TenantId, record: Typed<CeremonyRecord>, interrupted?: string): Promise<CeremonyRecord> {
    const { assurance, clock } = this.tools;
    const { value, id } = record;
    const now = clock.now();
    const evidence: Evidence[] = [];
    let model: string | null = null;
    let species: string | null = null;
    for (const modality of value.modalities) {
      const item = await this.evidence(tenant, id, modality, value, interrupted);
      evidence.push(item);
      model ??= item.model;
      species ??= item.species;
    }
    const verdict = assurance.decide(value.assurance, evidence, besides(value));
    const accepted = verdict.decision === 'accepted';
    const { fmr } = assurance.profile(value.assurance);
    // The same for an unknown id, one who never enrolled and one who failed: what would compare, not what did.
    const models = value.modalities.map((modality) => this.tools.engine.model(modality));
    const decision: DecisionFacts = {
      ceremony: id,
      subject: value.subject,
      kind: verdict.decision === 'rejected' ? 'rejected' : 'inconclusive',
      at: now,
      reasons: verdict.reasons,
      modalities: value.modalities,
      model: models.map(({ name, version }) => `${name}@${version}`).join(' '),
      assurance: value.assurance,
      fmr,
    };
    return {
      ...value,
      state: 'decided',
      decision: verdict.decision,
      reasons: verdict.reasons,
      decidedAt: now,
      factors: verdict.factors,
      satisfied: verdict.satisfied,
      results: {},
      effects: [
        { type: 'attempt', subject: value.subject, ceremony: id, success: accepted, at: now, decision },
        ...(accepted
          ? await this.acceptedEffects(tenant, id, value, evidence, now)
          : [{ type: 'decision', decision } as const]),
        audit(id, 'decision', eventOf(verdict, species), value, now, {
          assurance: value.assurance,
          fmr,
          model,
          reasons: verdict.reasons.join(' '),
          ...(besides(value) ? { together: true } : {}),
          ...(species === null ? {} : { species }),
        }),
      ],
    };
  }

  /** What one modality gives to the decision. Consent is asked for again: it may have gone since the sample came. */
  private async evidence(
    tenant: TenantId,
    ceremony: string,
    modality: Modality,
    value: CeremonyRecord,
    interrupted: string | undefined,
  ): Promise<Evidence & { model: string | null; species: string | null }> {
    const nothing = { modality, attack: false, model: null, species: null };
    const result = value.results[modality];
    if (interrupted !== undefined || result === undefined || result.status === 'comparing')
      return { ...nothing, reason: 'interrupted' };
    try {
      // Asked for whether anything was compared or not: who has consented cannot be told by what is read.
      await this.tools.permits.issue(tenant, value.subject, modality);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return { ...nothing, reason: error.code };
    }
    if (result.outcome === null) return { ...nothing, reason: result.reason ?? result.status };
    const plain = await this.tools.vault.openRecord(tenant, ceremonyContext(ceremony, modality), result.outcome);
    const outcome = JSON.parse(Buffer.from(plain).toString('utf8')) as ComparisonOutcome;
    return { modality, score: outcome.score, attack: outcome.attack, model: outcome.model, species: outcome.species };
  }

  private async acceptedEffects(
    tenant: TenantId,
    id: string,
    value: CeremonyRecord,
    evidence: readonly Evidence[],
    now: number,
  ): Promise<Effect[]> {
    const { subject } = value;
    const effects: Effect[] = [
      { type: 'interaction', subject, at: now },
      audit(id, 'interaction', 'interaction.recorded', value, now, { by: 'subject' }),
    ];
    for (const { modality, score } of evidence) {
      const { reference, generation, probe } = value.results[modality] ?? {};
      if (reference == null || generation == null || probe == null) continue;
      effects.push({ type: 'probe', subject, id: `${id}.${modality}`, reference, generation, sealed: probe, at: now });
      if (await this.teaches(tenant, reference, modality, score ?? Number.NEGATIVE_INFINITY, now))
        effects.push({ type: 'adapt', subject, ceremony: id, modality, reference, probe, generation, at: now });
    }
    return effects;
  }

  /** Whether a probe may be added to its reference: strong, of a later sitting, and the reference still provisional. */
  private async teaches(
    tenant: TenantId,
    reference: string,
    modality: Modality,
    score: number,
    now: number,
  ): Promise<boolean> {
    const record = await this.tools.repositories.references.get(tenant, reference);
    return (
      record !== undefined &&
      !record.value.established &&
      now - record.value.createdAt >= NEW_SITTING_MS &&
      score >= this.tools.engine.threshold(modality, STRONG_FMR)
    );
  }

  /**
   * The subject's references, and what the engine needs to open them. Of one that has none as much is read from the store
   * and unwrapped as of one with a single reference. A reference whose key was destroyed meanwhile is none.
   */
  private async open(
    tenant: TenantId,
    subject: string,
    modality: Modality,
  ): Promise<{ references: readonly Typed<ReferenceRecord>[]; opened: readonly SealedReference[] }> {
    const { repositories, vault } = this.tools;
    const all = await repositories.references.ofSubject(tenant, subject);
    const references = all.filter(({ value }) => value.modality === modality && value.revokedAt === undefined);
    const probes = await repositories.probes.ofSubject(tenant, subject);
    const opened: SealedReference[] = [];
    await wipingOnFailure(opened, async () => {
      for (const { id, value } of references) {
        const seal = await vault.findSealKey(tenant, value.key, value);
        if (seal === undefined) continue;
        const recent = probes
          .filter((probe) => probe.value.reference === id && probe.value.generation === value.generation)
          .sort((a, b) => b.value.expiresAt - a.value.expiresAt)
          .slice(0, RECENT_PROBES)
          .map((probe) => probe.value.sealed);
        opened.push({ id, bytes: value.sealed, recent, ...seal });
      }
    });
    if (references.length === 0) await vault.pretend(tenant);
    return { references, opened };
  }
}

/** Keys that will not reach the engine do not stay in memory. */
async function wipingOnFailure(opened: readonly SealedReference[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    for (const { dataKey } of opened) dataKey.fill(0);
    throw error;
  }
}

function eventOf(verdict: Verdict, species: string | null): Extract<Effect, { type: 'audit' }>['event'] {
  if (species !== null) return 'attack.detected';
  const denied = verdict.reasons.map((reason) => denialEvent(reason as ErrorCode, 'authentication')).find(Boolean);
  return denied ?? `verification.${verdict.decision}`;
}

function isSampleFault(error: unknown): error is AsignioError {
  return (
    error instanceof AsignioError &&
    (error.code === 'ASIGNIO_SAMPLE_INVALID' ||
      error.code === 'ASIGNIO_SAMPLE_TOO_LARGE' ||
      error.code === 'ASIGNIO_MEDIA_TYPE' ||
      error.code.startsWith('ASIGNIO_QUALITY_'))
  );
}
