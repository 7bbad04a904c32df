import { CEREMONY_KINDS, DECISIONS, MODALITIES, PURPOSES } from '@asignio/contracts';
import Joi from 'joi';

/*
 * The shapes of everything that travels over HTTP. The same schema validates a request, and describes it in
 * /openapi.json; those of answers describe, and the tests hold the answers against them.
 */

const CEREMONY_STATES = ['open', 'deciding', 'decided', 'redeemed', 'expired'];
const CONSENT_STATES = ['granted', 'withdrawn', 'stale', 'expired'];

const object = (keys: Joi.SchemaMap, description: string): Joi.ObjectSchema =>
  Joi.object(keys).required().description(description);
const list = (items: Joi.Schema, description: string): Joi.ArraySchema =>
  Joi.array().items(items).required().description(description);
const oneOf = (values: readonly string[], description: string): Joi.StringSchema =>
  Joi.string()
    .valid(...values)
    .required()
    .description(description);
const text = (description: string): Joi.StringSchema => Joi.string().allow('').required().description(description);
const time = (description: string): Joi.StringSchema => Joi.string().isoDate().required().description(description);
const count = (description: string): Joi.NumberSchema =>
  Joi.number().integer().min(0).required().description(description);
const jws = (description: string): Joi.StringSchema =>
  Joi.string().required().description(`${description} (JWS compact)`);

const ownId = (what: string): Joi.StringSchema =>
  Joi.string()
    .pattern(/^[A-Za-z0-9_-]{1,64}$/)
    .required()
    .description(`Id of the ${what}, as it was given`);

export const ceremonyParams = Joi.object({ id: ownId('ceremony') });
export const sampleParams = Joi.object({
  id: ownId('ceremony'),
  modality: oneOf(MODALITIES, 'What the sample is of'),
});
export const consentParams = Joi.object({ id: ownId('consent') });
export const fileParams = Joi.object({
  file: Joi.string()
    .pattern(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)
    .required()
    .description('asignio.js or asignio.css'),
});

const language = Joi.string()
  .max(35)
  .pattern(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*$/)
  .description('BCP 47 language tag');

export const noticeQuery = Joi.object({ language });

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

/** The body of a request that says all it has to say by its address. */
export const emptyBody = Joi.object({}).required().description('Nothing');

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
    expiresAt: time('After this it is void'),
    decision: oneOf(DECISIONS, 'Once decided; a verification shows accepted or rejected').optional(),
  },
  'A ceremony',
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

const consentAnswer = object(
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

export const eraseAnswer = object({ certificate: jws('Certificate of destruction') }, 'Everything is destroyed');

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

export const keysAnswer = object({ keys: list(Joi.object().unknown(true), 'JWKs (RFC 7517)') }, 'Public keys');
export const stateAnswer = object({ status: oneOf(['ok'], 'It is well') }, 'Health');

export const problemAnswer = object(
  {
    type: text('urn:asignio:error:<code>'),
    title: text('What is wrong'),
    status: count('HTTP status'),
    detail: text('What is wrong with this request'),
    code: text('Stable error code, docs/errors.md'),
    remedy: text('What to do'),
    instance: text('urn:uuid: of the request, as in X-Request-Id'),
    findings: list(
      object({ code: text('Error code'), message: text('What to do') }, 'Finding'),
      'About samples',
    ).optional(),
  },
  'Problem (RFC 9457)',
);
