import { randomBytes, randomInt } from 'node:crypto';
import { AsignioError, CHALLENGE_BYTES } from '@asignio/contracts';
import type { CaptureChallenge, Clock, Engine, EpochMs, Modality, PromptPlan } from '@asignio/contracts';
import type { CeremonyHandle, PromptAnswer, PromptView } from '../api.ts';
import type { Assurance } from '../assurance.ts';
import type { Attempts } from '../attempts.ts';
import type { CeremonyRecord, ChallengeRecord } from '../store/records.ts';
import type { Typed } from '../store/repository.ts';
import type { CeremonyLedger } from './ledger.ts';

const COMMITMENT = /^[A-Za-z0-9_-]{43}$/;

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
    answer: PromptAnswer | undefined,
  ): Promise<PromptView> {
    const plan = this.planOf(modality);
    if (plan === null) throw new AsignioError('ASIGNIO_REQUEST_INVALID', `There are no prompts for ${modality}`);
    if (record.value.results[modality] !== undefined)
      throw new AsignioError('ASIGNIO_CEREMONY_ORDER', 'This sample is here already; complete the ceremony');
    if (answer !== undefined) checkAnswer(answer);
    const challenge = record.value.challenges?.[modality] ?? { nonce: '', steps: [], tries: 0 };
    return answer === undefined
      ? this.begin(handle, record, modality, plan, challenge)
      : this.answered(record, modality, plan, challenge, answer);
  }

  /**
   * What a sample must answer.
   * @throws AsignioError `ASIGNIO_CEREMONY_ORDER` while a prompt is open.
   */
  complete(value: CeremonyRecord, modality: Modality): CaptureChallenge | undefined {
    const plan = this.planOf(modality);
    if (plan === null) return undefined;
    const { nonce, steps } = value.challenges?.[modality] ?? { nonce: '', steps: [] };
    const held = steps.flatMap(({ prompt, shownAt, commitment, heldAt }) =>
      commitment === null || heldAt === null ? [] : [{ prompt, commitment, heldMs: heldAt - shownAt }],
    );
    if (held.length < 1 + plan.draws)
      throw new AsignioError('ASIGNIO_CEREMONY_ORDER', 'Answer each prompt first, then send the sample');
    return { nonce, steps: held };
  }

  private async begin(
    handle: CeremonyHandle,
    record: Typed<CeremonyRecord>,
    modality: Modality,
    plan: PromptPlan,
    { tries }: ChallengeRecord,
  ): Promise<PromptView> {
    const { attempts, assurance, clock } = this.tools;
    const { kind, subject, expiresAt } = record.value;
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
    });
  }

  private async answered(
    record: Typed<CeremonyRecord>,
    modality: Modality,
    plan: PromptPlan,
    challenge: ChallengeRecord,
    { step, commitment }: PromptAnswer,
  ): Promise<PromptView> {
    const { steps } = challenge;
    const last = steps.at(-1);
    // Said again after a broken line: the same answer has the same consequence, once.
    if (steps[step]?.commitment === commitment && step >= steps.length - 2) return viewOf(challenge, plan);
    if (last === undefined || step !== steps.length - 1 || last.commitment !== null)
      throw new AsignioError('ASIGNIO_CEREMONY_ORDER', 'That is not the step that the ceremony is at');
    const now = this.tools.clock.now();
    const heldMs = now - last.shownAt;
    if (heldMs < plan.stepMs.least || heldMs > plan.stepMs.most) {
      await this.tools.ledger.move(record, withChallenge(record.value, modality, { ...challenge, steps: [] }));
      throw new AsignioError('ASIGNIO_PROMPT_TIMING');
    }
    const held = [...steps.slice(0, -1), { ...last, commitment, heldAt: now }];
    const next = held.length <= plan.draws ? [open(draw(plan, held), now)] : [];
    return this.write(record, modality, plan, { ...challenge, steps: [...held, ...next] });
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

/** At random: never what was asked just now, and in the last place what is still owed. */
function draw({ pool, oneOf, draws }: PromptPlan, held: ChallengeRecord['steps']): string {
  const owed = oneOf !== undefined && held.length === draws && !held.some(({ prompt }) => oneOf.includes(prompt));
  const others = (owed ? oneOf : pool).filter((prompt) => prompt !== held.at(-1)?.prompt);
  return others[randomInt(others.length)] as string;
}

function viewOf({ nonce, steps }: ChallengeRecord, plan: PromptPlan): PromptView {
  const last = steps.at(-1);
  const over = last === undefined || last.commitment !== null;
  return {
    nonce,
    step: over ? steps.length : steps.length - 1,
    steps: 1 + plan.draws,
    prompt: over ? null : last.prompt,
    leastMs: plan.stepMs.least,
    mostMs: plan.stepMs.most,
  };
}

function checkAnswer({ step, commitment }: PromptAnswer): void {
  if (!Number.isInteger(step) || step < 0)
    throw new AsignioError('ASIGNIO_REQUEST_INVALID', 'step: must be the number of a step, from 0');
  if (typeof commitment !== 'string' || !COMMITMENT.test(commitment))
    throw new AsignioError('ASIGNIO_REQUEST_INVALID', 'commitment: must be 32 bytes in base64url');
}
