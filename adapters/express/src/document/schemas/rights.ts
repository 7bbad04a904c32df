import { MODALITIES, PURPOSES } from '@asignio/contracts';
import Joi from 'joi';
import { certificate, consentAnswer, grantBody, heldAnswer } from './subjects.ts';
import {
  count,
  line,
  list,
  nullable,
  object,
  oneOf,
  ownId,
  pageOf,
  pageQuery,
  paragraph,
  text,
  time,
} from './words.ts';

/* What a person may ask for about their own data. The lists are the policy's; the tests hold them against it. */

export const REQUEST_TYPES = [
  'access',
  'portability',
  'import',
  'rectification',
  'revocation',
  'restriction',
  'objection',
  'erasure',
  'summary',
  'deletion',
  'contest',
  'complaint',
] as const;
export const REQUEST_LAWS = ['gdpr', 'ccpa'] as const;
export const REQUEST_OUTCOMES = ['done', 'exception', 'answered', 'upheld', 'overridden', 'moot'] as const;
export const DECISION_KINDS = ['rejected', 'inconclusive', 'locked', 'disabled'] as const;
export const AGE_BANDS = ['under-13', '13-15', '16-plus'] as const;
export const GUARDIAN_RELATIONS = ['parent', 'legal-guardian', 'court-appointed'] as const;
export const GUARDIAN_EVIDENCE = [
  'government-id',
  'signed-form',
  'video-call',
  'in-person',
  'court-order',
  'birth-certificate',
] as const;
export const REQUESTER_FACTORS = [
  'password',
  'passkey',
  'device',
  'email-code',
  'phone-code',
  'in-person',
  'signature',
  'face',
  'voice',
] as const;
const REVIEW_OUTCOMES = ['upheld', 'overridden'] as const;

export const requestParams = Joi.object({ id: ownId('request') });
export const decisionParams = Joi.object({ id: ownId('decision') });
export const referenceParams = Joi.object({ id: ownId('reference') });

const exception = object(
  {
    id: text('Which exception'),
    source: text('The text that allows it'),
    sentence: text('In words'),
    blocks: Joi.boolean().required().description('Whether what was asked for waits for it'),
  },
  'Why not everything was done',
);

const request = {
  id: ownId('request'),
  type: oneOf(REQUEST_TYPES, 'What was asked for'),
  law: oneOf(REQUEST_LAWS, 'Whose deadline runs'),
  state: oneOf(['open', 'closed'], 'Where it stands'),
  openedAt: time('When it was received'),
  due: time('By when it must be answered'),
  dueSource: text('The text that the deadline follows'),
  overdue: Joi.boolean().required().description('Whether the deadline has passed'),
  extension: nullable(object({ at: time('When'), reason: nullable(text('Why')) }, 'The one extension')),
  closedAt: nullable(time('When it was answered')),
  outcome: nullable(oneOf(REQUEST_OUTCOMES, 'How it ended')),
  statement: nullable(text('What the person wrote')),
  answer: nullable(text('What was answered')),
  exceptions: list(exception, 'Why not everything was done'),
  decision: nullable(text('The contested decision')),
  certificate: nullable(certificate),
};

export const requestAnswer = object(request, 'A request');
export const eraseAnswer = object(
  { certificate: nullable(certificate), request: requestAnswer },
  'Everything is destroyed, or why not yet',
);
export const requestsAnswer = object({ requests: list(requestAnswer, 'Newest first') }, 'The person’s requests');

export const caseAnswer = object(
  {
    ...request,
    subject: text('Pseudonym of the person'),
    answeredBy: nullable(text('Pseudonym of who answered')),
  },
  'A request, for operators',
);
export const casePage = pageOf(caseAnswer, 'Requests');

export const decisionAnswer = object(
  {
    id: ownId('decision'),
    kind: oneOf(DECISION_KINDS, 'What it was'),
    at: time('When'),
    reasons: list(Joi.string(), 'Why, as codes'),
    modalities: list(Joi.string().valid(...MODALITIES), 'What was compared'),
    model: text('What compared, name@version'),
    threshold: object(
      {
        assurance: text('Assurance profile'),
        fmr: Joi.number().required().description('False match rate that its threshold is set for'),
      },
      'The bar that it had to pass',
    ),
    contestableUntil: time('Until when it can be contested'),
    contest: nullable(text('The request that contests it')),
    review: nullable(
      object({ outcome: oneOf(REVIEW_OUTCOMES, 'What a person decided'), at: time('When') }, 'A review by a person'),
    ),
  },
  'A decision that went against the person',
);
export const decisionsAnswer = object({ decisions: list(decisionAnswer, 'Newest first') }, 'Decisions');
export const caseDetailAnswer = object({ request: caseAnswer, decision: nullable(decisionAnswer) }, 'A request whole');

export const standingAnswer = object(
  {
    restrictedAt: nullable(time('Since when data are kept and not used')),
    objections: list(Joi.string().valid(...PURPOSES), 'Purposes objected to'),
    ageBand: nullable(oneOf(AGE_BANDS, 'How old, as far as somebody said')),
    minorAlone: Joi.boolean().required().description('Under 16, without a guardian’s agreement'),
  },
  'What stands between the consents and any use',
);
export const standingRequestAnswer = object({ request: requestAnswer, standing: standingAnswer }, 'Done');

export const proofAnswer = object(
  { factors: list(Joi.string().valid(...REQUESTER_FACTORS), 'What was proved'), until: time('For how long it counts') },
  'Who asks is verified',
);

const regulator = object({ region: text('ISO 3166'), name: text('Name'), url: text('Address') }, 'An authority');
const attributes = object(
  {
    name: text('Name').optional(),
    email: text('E-mail address').optional(),
    phone: text('Phone number').optional(),
  },
  'What is kept beside biometric data',
);
const scheduleRow = object(
  { rule: text('Rule'), from: text('What starts the clock'), source: text('Law'), sentence: text('In words') },
  'A retention rule',
).unknown(true);

const report = object(
  {
    format: text('Version of this form'),
    createdAt: time('When it was made'),
    subject: text('The host application’s id of the person'),
    pseudonym: text('Stands for the person in records'),
    held: heldAnswer,
    attributes,
    source: text('Where the data are from'),
    purposes: list(
      object(
        {
          purpose: oneOf(PURPOSES, 'For what'),
          modality: oneOf(MODALITIES, 'Of what'),
          state: text('Whether the consent holds'),
          lawfulBasis: text('On what basis'),
          why: text('Why'),
          what: text('What'),
          recipients: text('With whom'),
          retention: text('How long'),
        },
        'A purpose',
      ),
      'Purposes',
    ),
    recipients: list(Joi.string(), 'To whom data were given'),
    retention: nullable(
      object(
        { due: time('When it is destroyed'), rule: text('By which rule'), sentence: text('In words') },
        'How long',
      ),
    ),
    retentionSchedule: list(scheduleRow, 'All rules'),
    standing: standingAnswer,
    decisions: list(decisionAnswer, 'Decisions against the person'),
    requests: list(requestAnswer, 'Requests'),
    records: list(
      object({ kind: text('Kind of record'), id: text('Its id') }, 'A record; moments in ms since 1970').unknown(true),
      'Every record of the store about the person',
    ),
    log: list(
      object(
        { at: time('When'), event: text('What'), data: Joi.object().unknown(true).required().description('Details') },
        'An entry',
      ),
      'What the log says of the person',
    ),
    automatedDecisions: text('How decisions are made'),
    rights: list(Joi.string(), 'What may be asked for'),
    exceptions: list(exception, 'What may stay after an erasure, and why'),
    regulators: list(regulator, 'Who takes complaints'),
  },
  'Everything that is held about the person',
);
export const reportAnswer = object({ request: requestAnswer, report }, 'The access report');

const passphrase = Joi.string().min(15).max(200).description('Seals biometric references; without it none are in it');
export const exportBody = object({ passphrase }, 'An export');
export const exportAnswer = object(
  {
    request: requestAnswer,
    file: object(
      {
        text: text('The file: JSON of asignio-portable-1.schema.json, signed'),
        name: text('To save it under'),
        references: list(Joi.string().valid(...MODALITIES), 'Whose sealed references are in it'),
      },
      'A file',
    ),
  },
  'The export',
);
/** UTF-16 units of an export that is handed back. */
export const EXPORT_LENGTH = 2_000_000;
export const importBody = object(
  { text: Joi.string().max(EXPORT_LENGTH).required().description('The file as it was given out'), passphrase },
  'An export that is taken back',
);
export const importAnswer = object(
  {
    request: requestAnswer,
    attributes: list(Joi.string(), 'Which were set'),
    consents: count('Kept as evidence'),
    references: list(Joi.string().valid(...MODALITIES), 'Which compare again'),
  },
  'What was taken back',
);

export const rectifyBody = object(
  { name: nullable(line(200, 'Name')), email: nullable(line(254, 'E-mail')), phone: nullable(line(40, 'Phone')) },
  'What is right; null removes',
);
export const rectifyAnswer = object({ request: requestAnswer, attributes }, 'Put right');

const purposes = Joi.array()
  .items(Joi.string().valid(...PURPOSES))
  .min(1)
  .max(PURPOSES.length)
  .unique()
  .description('Purposes');
export const objectBody = object({ purposes }, 'An objection; to all but signing in unless told');
export const retractBody = object({ purposes: purposes.required() }, 'Objections taken back');

export const contestBody = object({ statement: paragraph('What is wrong with the decision') }, 'A contest');
export const complaintBody = object(
  {
    statement: paragraph('What is wrong'),
    region: Joi.string()
      .pattern(/^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$/)
      .description('Where the person lives, ISO 3166: IE, US-IL'),
  },
  'A complaint',
);
export const complaintAnswer = object(
  { request: requestAnswer, regulators: list(regulator, 'Who takes complaints about us') },
  'A ticket',
);

export const saleAnswer = object(
  {
    sold: Joi.boolean().required().description('Never'),
    shared: Joi.boolean().required().description('Never'),
    sentence: text('In words'),
    source: text('The law'),
  },
  'Whether data are sold or shared',
);
export const summaryAnswer = object(
  {
    request: requestAnswer,
    summary: object(
      {
        format: text('Version of this form'),
        createdAt: time('When it was made'),
        periodMonths: count('Months that it covers'),
        categories: list(
          object(
            {
              category: text('Category'),
              collected: Joi.boolean().required().description('Whether any is held'),
              sources: list(Joi.string(), 'From where'),
              purposes: list(Joi.string(), 'For what'),
              disclosedTo: list(Joi.string(), 'To whom'),
              retention: text('How long'),
            },
            'A category',
          ),
          'Categories, never the data themselves',
        ),
        sale: saleAnswer,
        remaining: count('How many more can be asked for'),
        next: nullable(time('From when the next one')),
      },
      'A summary',
    ),
  },
  'CCPA’s summary',
);

// Guardians

const subject = line(256, 'The host application’s id of the person').required();
const age = object(
  {
    band: Joi.string()
      .valid(...AGE_BANDS)
      .description('How old'),
    birthDate: Joi.string()
      .pattern(/^\d{4}-\d{2}-\d{2}$/)
      .description('Turned into a band and forgotten'),
  },
  'How old, by one of the two',
);
const guardianship = {
  state: oneOf(['verified', 'signed', 'ended'], 'Where it stands'),
  relation: oneOf(GUARDIAN_RELATIONS, 'Who the guardian is'),
  evidence: oneOf(GUARDIAN_EVIDENCE, 'How that was verified'),
  verifiedAt: time('When'),
  signedAt: nullable(time('When the guardian agreed')),
  ageBand: nullable(oneOf(AGE_BANDS, 'How old the child is')),
};
export const guardianshipAnswer = object(guardianship, 'A guardianship');
export const wardsAnswer = object(
  { wards: list(object({ ...guardianship, child: text('The child') }, 'A child'), 'Whom the guardian stands for') },
  'Children',
);
export const childBody = object({ child: subject }, 'A child');
export const wardAgeBody = object({ child: subject, age }, 'How old a child is');
export const wardGrantBody = grantBody.keys({ child: subject, age });
export const wardWithdrawBody = object({ child: subject, consent: ownId('consent') }, 'An agreement taken back');
export const wardWithdrawAnswer = object(
  { consent: consentAnswer, certificate: certificate.optional() },
  'An agreement taken back',
);

// Operators

export const caseQuery = pageQuery.keys({
  state: Joi.string().valid('open', 'overdue', 'closed').description('Where it stands'),
  type: Joi.string()
    .valid(...REQUEST_TYPES)
    .description('What was asked for'),
});
export const openCaseBody = object(
  {
    subject,
    type: oneOf(REQUEST_TYPES, 'What was asked for'),
    law: Joi.string()
      .valid(...REQUEST_LAWS)
      .description('Whose deadline runs'),
    receivedAt: time('From when it runs'),
    statement: paragraph('What the person wrote').optional(),
  },
  'A request that came by letter or in person',
);
export const reasonBody = object({ reason: paragraph('Why') }, 'A reason');
export const reviewBody = object(
  { outcome: oneOf(REVIEW_OUTCOMES, 'What is decided'), reason: paragraph('Why') },
  'A review',
);
export const answerBody = object(
  { outcome: oneOf(['done', 'answered', 'exception'], 'How it ended'), answer: paragraph('For the person') },
  'An answer',
);
export const guardianBody = object(
  {
    guardian: subject,
    child: subject,
    relation: oneOf(GUARDIAN_RELATIONS, 'Who the guardian is'),
    evidence: oneOf(GUARDIAN_EVIDENCE, 'How that was verified'),
    reference: line(200, 'Where the evidence is kept').required(),
  },
  'A guardian who was verified',
);
export const minorBody = object({ subject, age }, 'Somebody who turns out to be a minor');
export const minorAnswer = object(
  {
    blocked: Joi.boolean().required().description('Whether they are blocked'),
    certificate: nullable(certificate),
  },
  'What followed',
);
