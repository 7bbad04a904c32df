import { MODALITIES, PURPOSES } from '@asignio/contracts';
import Joi from 'joi';
import { count, jws, language, list, object, oneOf, ownId, text, time } from './words.ts';

const CONSENT_STATES = ['granted', 'withdrawn', 'stale', 'expired'];

export const consentParams = Joi.object({ id: ownId('consent') });

export const receiptQuery = Joi.object({
  format: Joi.string()
    .valid('jws', 'json-ld')
    .description('Signed (jws, unless told), or as linked data in the W3C’s Data Privacy Vocabulary'),
});
export const confirmationQuery = Joi.object({
  language,
  format: Joi.string().valid('text', 'jws').description('For people (text, unless told), or the same signed (jws)'),
});
export const noticeQuery = Joi.object({ language });
export const heldQuery = Joi.object({ language });

export const grantBody = object(
  {
    noticeVersion: Joi.string().min(1).max(64).required().description('Version of the notice that was shown'),
    noticeSha256: Joi.string()
      .pattern(/^[0-9a-f]{64}$/)
      .required()
      .description('Hash of the notice that was shown'),
    language: language.required(),
    modality: oneOf(MODALITIES, 'What the release is for'),
    purposes: Joi.array()
      .items(Joi.string().valid(...PURPOSES))
      .min(1)
      .max(PURPOSES.length)
      .unique()
      .required()
      .description('Each purpose agreed to'),
    signature: object(
      {
        method: oneOf(['typed-name'], 'How it was signed'),
        name: Joi.string()
          .max(200)
          .pattern(/^(?=.*\S)[^\p{Cc}\p{Cs}]+$/u)
          .required()
          .description('The name, as the person typed it'),
      },
      'The signature under the release',
    ),
  },
  'A signed release',
);

export const noticeAnswer = object(
  {
    version: text('Version'),
    language: text('Language'),
    sha256: text('Hash over the notice, to send back with a release'),
    title: text('Title'),
    effectiveAt: time('Since when it is in force'),
  },
  'The notice in force, with its sections, purposes and controller',
).unknown(true);

export const consentAnswer = object(
  {
    id: ownId('consent'),
    modality: oneOf(MODALITIES, 'What it is for'),
    purpose: oneOf(PURPOSES, 'What it permits'),
    state: oneOf(CONSENT_STATES, 'Whether it holds'),
    noticeVersion: text('The notice it was given on'),
    grantedAt: time('When it was given'),
    withdrawnAt: time('When it was taken back').optional(),
  },
  'A consent',
);

export const consentsAnswer = object({ consents: list(consentAnswer, 'All consents') }, 'Consents');

export const grantAnswer = object(
  { consents: list(consentAnswer, 'One a purpose'), receipts: list(jws('Receipt'), 'One a consent') },
  'Recorded consents',
);

export const withdrawAnswer = object(
  {
    consent: consentAnswer,
    destruction: object({ due: time('By when what it supported is destroyed') }, 'What follows'),
    certificate: jws('Certificate of destruction, where it is done already').optional(),
  },
  'A withdrawn consent',
);

export const certificate = jws('Certificate of destruction');

export const heldAnswer = object(
  {
    subject: text('The host application’s id of the subject'),
    enrolments: list(
      object(
        {
          id: text('Reference id'),
          modality: oneOf(MODALITIES, 'Of what'),
          variant: text('Kind of device'),
          createdAt: time('Since when'),
          samples: count('Samples it was made of'),
          established: Joi.boolean().required().description('Made in more than one sitting'),
          recentProbes: count('Features of recent samples kept to recognise replays'),
        },
        'A reference',
      ),
      'References',
    ),
    consents: list(consentAnswer, 'Consents'),
    retention: object(
      { due: time('When it is destroyed'), rule: text('By which rule'), sentence: text('In words') },
      'How long it is kept',
    ).allow(null),
    lastInteraction: time('When the subject last did something').allow(null),
    attempts: object({ failures: count('Consecutive failures') }, 'Attempts'),
    recipients: list(Joi.string(), 'Who else has it'),
    alternatives: list(Joi.string(), 'Other ways to sign in'),
  },
  'What is held about the subject',
);
