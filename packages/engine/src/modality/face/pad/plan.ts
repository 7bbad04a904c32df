import type { PromptPlan } from '@asignio/contracts';

/**
 * How face prompts: straight ahead first, for all else is compared with it, then three movements. One of them at least is a
 * turn of the head, for nothing else shows a flat print as clearly. 5 x 4 x 4 orders, less those without a turn.
 */
export const FACE_PROMPT_PLAN: PromptPlan = {
  first: 'look-straight',
  pool: ['turn-left', 'turn-right', 'look-up', 'move-closer', 'blink'],
  draws: 3,
  oneOf: ['turn-left', 'turn-right'],
  // Nobody reads, moves and is photographed five times in less; who needs longer begins anew.
  stepMs: { least: 700, most: 20_000 },
  tries: 3,
  // Signing takes seconds, finding the pen longer.
  beside: { modality: 'signature', prompt: 'sign', most: 45_000 },
};
