import { AsignioError } from '@asignio/contracts';
import type { Modality } from '@asignio/contracts';

/**
 * What is destroyed, in this order. Keys come first: from then on nothing that they sealed can be opened, in backups
 * either (design, rule 3).
 */
export const DESTRUCTION_STEPS = [
  'keys',
  'references',
  'probes',
  'parts',
  'ceremonies',
  'attempts',
  'evidence',
  'subject',
] as const;
/** `evidence` is what a consent says of the person: the signed name, and whose it is. The consent's facts stay. */
export type DestructionStep = (typeof DESTRUCTION_STEPS)[number];

/** Steps that an erasure of one modality leaves: they are of the subject as a whole. */
const OF_THE_SUBJECT: ReadonlySet<DestructionStep> = new Set(['attempts', 'evidence', 'subject']);

/** How far a destruction is. Plain JSON: it is written after each step, and read again after a crash. */
export interface DestructionPlan {
  readonly scope: Modality | 'all';
  readonly steps: readonly { readonly step: DestructionStep; readonly done: boolean; readonly destroyed: number }[];
}

/**
 * The steps that a scope takes.
 * @example
 * ```ts
 * let plan = destructionPlan('signature');
 * for (let step = nextStep(plan); step !== undefined; step = nextStep(plan))
 *   plan = stepDone(plan, step, await destroy(step));
 * const counts = destroyedCounts(plan);
 * ```
 */
export function destructionPlan(scope: Modality | 'all'): DestructionPlan {
  const steps = DESTRUCTION_STEPS.filter((step) => scope === 'all' || !OF_THE_SUBJECT.has(step));
  return { scope, steps: steps.map((step) => ({ step, done: false, destroyed: 0 })) };
}

/** The step to do now; `undefined` when all are done. */
export function nextStep(plan: DestructionPlan): DestructionStep | undefined {
  return plan.steps.find(({ done }) => !done)?.step;
}

/**
 * The plan with a step done. A step told again (after a crash between the deed and its record) changes nothing.
 * @throws AsignioError `ASIGNIO_INTERNAL` for a step that is not next, or a count that is none.
 */
export function stepDone(plan: DestructionPlan, step: DestructionStep, destroyed: number): DestructionPlan {
  if (plan.steps.some((entry) => entry.step === step && entry.done)) return plan;
  if (nextStep(plan) !== step || !Number.isSafeInteger(destroyed) || destroyed < 0)
    throw new AsignioError('ASIGNIO_INTERNAL', `The destruction is not at the step ${step}`);
  return {
    ...plan,
    steps: plan.steps.map((entry) => (entry.step === step ? { step, done: true, destroyed } : entry)),
  };
}

/** Whether nothing is left to destroy. */
export function isComplete(plan: DestructionPlan): boolean {
  return nextStep(plan) === undefined;
}

/**
 * What a certificate counts.
 * @throws AsignioError `ASIGNIO_INTERNAL` while the destruction runs: what is not destroyed is not certified.
 */
export function destroyedCounts(plan: DestructionPlan): Readonly<Record<string, number>> {
  if (!isComplete(plan)) throw new AsignioError('ASIGNIO_INTERNAL', 'The destruction is not complete');
  return Object.fromEntries(plan.steps.map(({ step, destroyed }) => [step, destroyed]));
}
