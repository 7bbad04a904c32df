import { randomBytes, randomInt } from 'node:crypto';
import { AsignioError, CHALLENGE_BYTES } from '@asignio/contracts';
import type { CaptureChallenge, Clock, Engine, EpochMs, Modality, PromptPlan } from '@asignio/contracts';
import type { CeremonyHandle, PromptAnswer, PromptBegin, PromptView } from '../api.ts';
import type { Assurance } from '../assurance.ts';
import type { Attempts } from '../attempts.ts';
import type { CeremonyRecord, ChallengeRecord } from '../store/records.ts';
import type { Typed } from '../store/repository.ts';
import type { CeremonyLedger } from './ledger.ts';

const COMMITMENT = /^[A-Za-z0-9_-]{43}$/;
/** No challenge takes longer, ms. */
const LONGEST_MS = 3_600_000;

export interface ChallengeTools {
  readonly engine: Pick<Engine, 'prompts'>;
  readonly attempts: Attempts;
  readonly assurance: Assurance;
  readonly ledger: CeremonyLedger;
  readonly clock: Clock;
}

/**
 * Draws prompts one at a time. The next one is drawn, at random, in the moment in which what was captured for the one
 * before is committed to: it cannot be known earlier, for it does not exist. To see a verification's first prompt takes a
 * place among the subject's attempts, so that nobody begins ceremonies until one asks for what he has recorded.
 */
export class Challenges {
  private readonly tools: ChallengeTools;

  constructor(tools: ChallengeTools) {
    this.tools = tools;
  }

  /** The plan of a modality that prompts; `null` for the others. */
  planOf(modality: Modality): PromptPlan | null {
    return this.tools.engine.prompts?.(modality) ?? null;
  }

  /** Begins a challenge, or takes the answer to its open step and gives the next prompt. */
  async prompt(
    handle: CeremonyHandle,
    record: Typed<CeremonyRecord>,
    modality: Modality,
    answer: PromptAnswer | PromptBegin | undefined,
  ): Promise<PromptView> {
    const plan = this.planOf(modality);
    if (plan === null) throw new AsignioError('ASIGNIO_REQUEST_INVALID', `There are no prompts for ${modality}`);
    if (record.value.results[modality] !== undefined)
      throw new AsignioError('ASIGNIO_CEREMONY_ORDER', 'This sample is here already; complete the ceremony');
    const challenge = record.value.challenges?.[modality] ?? { nonce: '', steps: [], tries: 0 };
    if (answer !== undefined && 'step' in answer) {
      checkAnswer(answer);
      return this.answered(record, modality, plan, challenge, answer);
    }
    return this.begin(handle, record, modality, plan, challenge, answer?.beside);
  }

  /**
   * What a sample must answer.
   * @throws AsignioError `ASIGNIO_CEREMONY_ORDER` while a prompt is open; `ASIGNIO_TOGETHER_REQUIRED` for one that was not
   * made in a challenge's last step where the ceremony asks for that.
   */
  complete(value: CeremonyRecord, modality: Modality): CaptureChallenge | undefined {
    const plan = this.planOf(modality);
    if (plan === null) {
      const beside = besideOf(value, modality);
      if (beside === undefined && value.together === true && this.isWatched(value, modality))
        throw new AsignioError('ASIGNIO_TOGETHER_REQUIRED');
      return beside;
    }
    const challenge = value.challenges?.[modality];
    const held = challenge === undefined ? undefined : heldOf(challenge);
    if (challenge === undefined || held === undefined || held.steps.length < stepsOf(challenge, plan))
      throw new AsignioError('ASIGNIO_CEREMONY_ORDER', 'Answer each prompt first, then send the sample');
    return held;
  }

  /** Whether another modality of the ceremony can look on while this sample is made. */
  private isWatched({ modalities }: CeremonyRecord, modality: Modality): boolean {
    return modalities.some((other) => this.planOf(other)?.beside?.modality === modality);
  }

  private async begin(
    handle: CeremonyHandle,
    record: Typed<CeremonyRecord>,
    modality: Modality,
    plan: PromptPlan,
    { tries }: ChallengeRecord,
    beside: Modality | undefined,
  ): Promise<PromptView> {
    const { attempts, assurance, clock } = this.tools;
    const { kind, subject, expiresAt } = record.value;
    if (beside !== undefined) checkBeside(record.value, plan, beside);
    else if (record.value.together === true && plan.beside !== undefined)
      throw new AsignioError('ASIGNIO_TOGETHER_REQUIRED');
    if (tries >= plan.tries)
      throw new AsignioError('ASIGNIO_CEREMONY_EXPIRED', 'Too many tries in one ceremony; begin a new one');
    if (kind === 'verification')
      await attempts.reserve(
        handle.tenant,
        subject,
        record.id,
        expiresAt,
        assurance.attemptRules(record.value.assurance),
      );
    const nonce = randomBytes(CHALLENGE_BYTES).toString('base64url');
    return this.write(record, modality, plan, {
      nonce,
      steps: [open(plan.first, clock.now())],
      tries: tries + 1,
      ...(beside === undefined ? {} : { beside: { modality: beside, sample: null } }),
    });
  }

  private async answered(
    record: Typed<CeremonyRecord>,
    modality: Modality,
    plan: PromptPlan,
    challenge: ChallengeRecord,
    { step, commitment, sample }: PromptAnswer,
  ): Promise<PromptView> {
    const { steps, beside } = challenge;
    const last = steps.at(-1);
    // Said again after a broken line: the same answer has the same consequence, once.
    if (steps[step]?.commitment === commitment && step >= steps.length - 2) return viewOf(challenge, plan);
    if (last === undefined || step !== steps.length - 1 || last.commitment !== null)
      throw new AsignioError('ASIGNIO_CEREMONY_ORDER', 'That is not the step that the ceremony is at');
    const isBeside = beside !== undefined && step === 1 + plan.draws;
    if (isBeside !== (sample !== undefined))
      throw new AsignioError('ASIGNIO_REQUEST_INVALID', 'sample: belongs to the step in which it is made');
    if (isBeside && record.value.results[beside.modality] !== undefined)
      throw new AsignioError('ASIGNIO_CEREMONY_ORDER', 'That sample is here already; begin a challenge without it');
    const now = this.tools.clock.now();
    const heldMs = now - last.shownAt;
    if (heldMs < plan.stepMs.least || heldMs > mostOf(plan, last.prompt)) {
      await this.tools.ledger.move(record, withChallenge(record.value, modality, { ...challenge, steps: [] }));
      throw new AsignioError('ASIGNIO_PROMPT_TIMING');
    }
    const held = [...steps.slice(0, -1), { ...last, commitment, heldAt: now }];
    const next = held.length < stepsOf(challenge, plan) ? [open(promptAfter(plan, held), now)] : [];
    return this.write(record, modality, plan, {
      ...challenge,
      steps: [...held, ...next],
      ...(isBeside && sample !== undefined ? { beside: { modality: beside.modality, sample } } : {}),
    });
  }

  private async write(
    record: Typed<CeremonyRecord>,
    modality: Modality,
    plan: PromptPlan,
    challenge: ChallengeRecord,
  ): Promise<PromptView> {
    await this.tools.ledger.move(record, withChallenge(record.value, modality, challenge));
    return viewOf(challenge, plan);
  }
}

/** The ceremony with the challenge of one modality used up: the next sample answers prompts of its own. */
export function withoutChallenge(value: CeremonyRecord, modality: Modality): CeremonyRecord {
  if (value.challenges === undefined) return value;
  const { [modality]: _, ...challenges } = value.challenges;
  return { ...value, challenges };
}

function withChallenge(value: CeremonyRecord, modality: Modality, challenge: ChallengeRecord): CeremonyRecord {
  return { ...value, challenges: { ...value.challenges, [modality]: challenge } };
}

function open(prompt: string, shownAt: EpochMs): ChallengeRecord['steps'][number] {
  return { prompt, shownAt, commitment: null, heldAt: null };
}

function stepsOf({ beside }: ChallengeRecord, { draws }: PromptPlan): number {
  return 1 + draws + (beside === undefined ? 0 : 1);
}

/** How long a step may be open, ms. */
function mostOf({ beside, stepMs }: PromptPlan, prompt: string): number {
  return prompt === beside?.prompt ? beside.most : stepMs.most;
}

/** What was held of a challenge so far. */
function heldOf({ nonce, steps, beside }: ChallengeRecord): CaptureChallenge {
  const held = steps.flatMap(({ prompt, shownAt, commitment, heldAt }) =>
    commitment === null || heldAt === null ? [] : [{ prompt, commitment, heldMs: heldAt - shownAt }],
  );
  const sample = beside?.sample ?? undefined;
  return { nonce, steps: held, ...(sample === undefined ? {} : { beside: sample }) };
}

/** The challenge of another modality in whose last step a sample was made, once that is said. */
function besideOf(value: CeremonyRecord, modality: Modality): CaptureChallenge | undefined {
  const found = Object.values(value.challenges ?? {}).find(
    ({ beside }) => beside?.modality === modality && beside.sample !== null,
  );
  return found === undefined ? undefined : heldOf(found);
}

/** Whether a sample of the ceremony was made while another modality looked on. */
export function besides({ challenges }: CeremonyRecord): boolean {
  return Object.values(challenges ?? {}).some(({ beside }) => beside !== undefined && beside.sample !== null);
}

function promptAfter(plan: PromptPlan, held: ChallengeRecord['steps']): string {
  return held.length <= plan.draws || plan.beside === undefined ? draw(plan, held) : plan.beside.prompt;
}

/** At random: never what was asked just now, and in the last place what is still owed. */
function draw({ pool, oneOf, draws }: PromptPlan, held: ChallengeRecord['steps']): string {
  const owed = oneOf !== undefined && held.length === draws && !held.some(({ prompt }) => oneOf.includes(prompt));
  const others = (owed ? oneOf : pool).filter((prompt) => prompt !== held.at(-1)?.prompt);
  return others[randomInt(others.length)] as string;
}

function viewOf(challenge: ChallengeRecord, plan: PromptPlan): PromptView {
  const { nonce, steps } = challenge;
  const last = steps.at(-1);
  const over = last === undefined || last.commitment !== null;
  return {
    nonce,
    step: over ? steps.length : steps.length - 1,
    steps: stepsOf(challenge, plan),
    prompt: over ? null : last.prompt,
    leastMs: plan.stepMs.least,
    mostMs: over ? plan.stepMs.most : mostOf(plan, last.prompt),
  };
}

/** @throws AsignioError where the ceremony cannot have a sample of that modality made meanwhile. */
function checkBeside({ modalities, results }: CeremonyRecord, plan: PromptPlan, beside: Modality): void {
  if (plan.beside?.modality !== beside || !modalities.includes(beside))
    throw new AsignioError('ASIGNIO_REQUEST_INVALID', 'beside: must be a modality that this ceremony asks for as well');
  if (results[beside] !== undefined)
    throw new AsignioError('ASIGNIO_CEREMONY_ORDER', 'That sample is here already; begin a challenge without it');
}

function checkAnswer({ step, commitment, sample }: PromptAnswer): void {
  if (!Number.isInteger(step) || step < 0)
    throw new AsignioError('ASIGNIO_REQUEST_INVALID', 'step: must be the number of a step, from 0');
  if (typeof commitment !== 'string' || !COMMITMENT.test(commitment))
    throw new AsignioError('ASIGNIO_REQUEST_INVALID', 'commitment: must be 32 bytes in base64url');
  if (sample === undefined) return;
  const { sha256, from, to } = sample;
  if (typeof sha256 !== 'string' || !COMMITMENT.test(sha256))
    throw new AsignioError('ASIGNIO_REQUEST_INVALID', 'sample.sha256: must be 32 bytes in base64url');
  if (!isMoment(from) || !isMoment(to) || from >= to)
    throw new AsignioError('ASIGNIO_REQUEST_INVALID', 'sample: from and to must be ms, one after the other');
}

function isMoment(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= LONGEST_MS;
}
