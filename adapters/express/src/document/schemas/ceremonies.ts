import { CEREMONY_KINDS, DECISIONS, MODALITIES } from '@asignio/contracts';
import Joi from 'joi';
import { count, list, object, oneOf, ownId, time } from './words.ts';

const CEREMONY_STATES = ['open', 'deciding', 'decided', 'redeemed', 'expired'];

export const ceremonyParams = Joi.object({ id: ownId('ceremony') });

export const sampleParams = Joi.object({
  id: ownId('ceremony'),
  modality: oneOf(MODALITIES, 'What the sample is of'),
});

export const beginBody = object(
  {
    kind: oneOf(CEREMONY_KINDS, 'Make a reference, or compare with one'),
    modalities: Joi.array()
      .items(Joi.string().valid(...MODALITIES))
      .min(1)
      .max(MODALITIES.length)
      .unique()
      .required()
      .description('What to draw, show or say'),
    subject: Joi.string()
      .min(1)
      .max(256)
      .description('The name typed, by somebody who is not signed in; must be left out by somebody who is'),
    assurance: Joi.string()
      .pattern(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/)
      .description('Assurance profile to reach; the default one unless told'),
  },
  'Begins a ceremony',
);

export const promptBody = object(
  {
    step: Joi.number().integer().min(0).description('The step that is answered; left out to begin'),
    commitment: Joi.string()
      .pattern(/^[A-Za-z0-9_-]{43}$/)
      .description('SHA-256 that commits to what was captured for it, base64url'),
    beside: Joi.string()
      .valid(...MODALITIES)
      .description('To begin: another modality, of which the sample is made in a last step while this one looks on'),
    sample: Joi.object({
      sha256: Joi.string()
        .pattern(/^[A-Za-z0-9_-]{43}$/)
        .required()
        .description('SHA-256 of its bytes, base64url'),
      from: count('Its first moment, ms since the first frame'),
      to: count('Its last moment'),
    }).description('To answer that last step: the sample that was made in it, which is then sent as it was'),
  },
  'Begins a challenge, or answers one of its prompts',
)
  .and('step', 'commitment')
  .with('sample', 'step')
  .without('beside', 'step');

export const promptAnswer = object(
  {
    nonce: ownId('challenge'),
    step: count('The step that is open'),
    steps: count('Steps in all'),
    prompt: Joi.string().allow(null).required().description('What to do now; null when the sample can be sent'),
    leastMs: count('An answer that comes sooner voids the challenge'),
    mostMs: count('An answer that comes later voids the challenge'),
  },
  'The prompt to follow now',
);

const received = { needed: count('Samples that the ceremony takes'), received: count('Samples it has') };

export const receivedAnswer = object(received, 'How many samples there are');

export const ceremonyAnswer = object(
  {
    id: ownId('ceremony'),
    kind: oneOf(CEREMONY_KINDS, 'Its kind'),
    state: oneOf(CEREMONY_STATES, 'Where it stands'),
    modalities: list(Joi.string().valid(...MODALITIES), 'What it asks for'),
    samples: Joi.object()
      .pattern(Joi.string().valid(...MODALITIES), Joi.object(received))
      .required()
      .description('Samples by modality'),
    together: Joi.boolean()
      .valid(true)
      .description('Samples are made in one sitting alone: begin the challenge with `beside`')
      .optional(),
    expiresAt: time('After this it is void'),
    decision: oneOf(DECISIONS, 'Once decided; a verification shows accepted or rejected').optional(),
  },
  'A ceremony',
);
