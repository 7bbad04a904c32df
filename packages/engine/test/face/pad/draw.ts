import { FACE_PROMPT_PLAN } from '#src/modality/face/pad/plan.js';
import { generator } from './sequence.ts';

/** Prompts as the plan draws them, the same for the same seed. */
export function drawPrompts(seed: number): readonly string[] {
  const random = generator(seed);
  const { first, pool, draws, oneOf = [] } = FACE_PROMPT_PLAN;
  const given = [first];
  while (given.length <= draws) {
    const owed = given.length === draws && !given.some((one) => oneOf.includes(one));
    const others = (owed ? oneOf : pool).filter((one) => one !== given.at(-1));
    given.push(others[Math.floor(random() * others.length)] ?? first);
  }
  return given;
}
