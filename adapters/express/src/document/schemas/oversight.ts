import { MODALITIES } from '@asignio/contracts';
import Joi from 'joi';
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

/* What operators oversee: holds, agreements, what left, the audit chain. What may not be is the core's to refuse: it logs it. */

const SCOPES = [...MODALITIES, 'all'] as const;
const subject = line(256, 'The host application’s id of the person');

export const holdParams = Joi.object({ id: ownId('hold') });
export const holdQuery = pageQuery.keys({
  subject,
  state: Joi.string().valid('open', 'overdue', 'released', 'all').description('Where it stands'),
});
export const holdBody = object(
  {
    subject: subject.required(),
    scope: oneOf(SCOPES, 'What is kept'),
    authority: text('The court or authority that asks for it').max(200),
    reference: text('What somebody else finds the order by').max(200),
    reviewAt: time('When it is looked at again'),
  },
  'A legal hold',
);
export const reviewHoldBody = object({ reviewAt: time('When it is looked at again') }, 'A review');
export const holdAnswer = object(
  {
    id: ownId('hold'),
    subject: text('Pseudonym of the person'),
    scope: oneOf(SCOPES, 'What is kept'),
    authority: text('Who asked for it'),
    reference: text('Of the order or case'),
    reviewAt: time('When it is looked at again'),
    placedAt: time('Since when'),
    placedBy: text('Pseudonym of who placed it, or host'),
    released: nullable(object({ at: time('When'), by: text('By whom') }, 'Its end')),
  },
  'A legal hold',
);
export const holdPage = pageOf(holdAnswer, 'Holds');

export const agreementParams = Joi.object({
  id: Joi.string()
    .pattern(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/)
    .required()
    .description('Id of the agreement, as it was recorded'),
});
const agreement = {
  id: text('What plugins name in their metadata').max(100),
  recipient: text('Legal name of who processes for us').max(200),
  data: list(Joi.string().max(64), 'Classes of data that it covers'),
  purposes: list(Joi.string().max(64), 'Purposes that it covers'),
  regions: list(Joi.string().max(8), 'Where the recipient processes, ISO 3166'),
  signatories: list(Joi.string().max(200), 'Who signed, for either side'),
  signedAt: time('When it was signed'),
  validFrom: time('From when it holds'),
  validUntil: time('Until when it holds'),
  sha256: text('Hash of the signed document').max(64),
};
const mechanism = object(
  { kind: text('Kind of safeguard').max(64), id: text('Its reference').max(200) },
  'What makes a transfer lawful',
);
const lifts = list(
  object({ restriction: text('Which').max(100), reason: text('Why').max(1000) }, 'A lifted restriction'),
  'Restrictions that the controller lifts for this recipient',
);
export const agreementBody = object(
  { ...agreement, mechanism: nullable(mechanism).optional(), lifts: lifts.optional() },
  'A signed data-processing agreement',
);
export const endAgreementBody = object({ reason: paragraph('Why') }, 'The end of an agreement');
export const agreementAnswer = object(
  {
    ...agreement,
    mechanism: nullable(mechanism),
    lifts,
    recordedAt: time('When it was recorded'),
    endedAt: nullable(time('When it was ended before its term')),
    endedBecause: nullable(text('Why')),
  },
  'An agreement',
);
export const agreementPage = pageOf(agreementAnswer, 'Agreements');

export const disclosureQuery = pageQuery.keys({ subject });
const disclosureAnswer = object(
  {
    id: text('Id of the row'),
    subject: text('Pseudonym of the person'),
    at: time('When'),
    recipient: object(
      { name: text('Who'), region: text('Where'), plugin: nullable(text('Through which plugin')) },
      'To whom',
    ),
    data: list(Joi.string(), 'Classes of data'),
    fields: list(Joi.string(), 'Names of what left, never the values'),
    purpose: text('For what'),
    basis: object({ ground: text('On what ground'), reference: text('Which') }, 'What it rests on'),
    agreement: nullable(text('Under which agreement')),
    transfer: object({ by: text('By what it is lawful'), id: nullable(text('Its reference')) }, 'The transfer'),
    state: oneOf(['leaving', 'sent', 'unanswered', 'not-sent'], 'What became of it'),
    copy: nullable(oneOf(['held', 'destroyed'], 'What the recipient keeps')),
  },
  'Something that left',
);
export const disclosurePage = pageOf(disclosureAnswer, 'What left');

export const vendorsAnswer = object(
  {
    vendors: list(
      object(
        {
          name: text('Name of the plugin'),
          version: text('Its version'),
          kind: text('What it does'),
          data: list(Joi.string(), 'What it needs to see'),
          region: text('Where it sends data'),
          agreement: nullable(text('The agreement that covers it')),
        },
        'A plugin through which something can leave',
      ),
      'Plugins',
    ),
  },
  'Plugins through which something can leave',
);

const positive = Joi.string().pattern(/^[1-9][0-9]{0,14}$/);
export const auditQuery = Joi.object({
  from: positive.description('First sequence'),
  limit: Joi.string()
    .pattern(/^[1-9][0-9]{0,2}$/)
    .description('How many at most, 1-999'),
});
export const auditAnswer = object(
  {
    entries: list(
      object(
        {
          sequence: count('Place in the chain'),
          id: text('Unique in the chain'),
          at: time('When'),
          event: text('What'),
          subject: nullable(text('Pseudonym')),
          data: Joi.object().unknown(true).required().description('Details'),
          previous: text('Hash of the entry before'),
          hash: text('Hash of this entry'),
        },
        'An entry',
      ),
      'Entries, in their order',
    ),
  },
  'A part of the audit chain',
);
export const auditReportAnswer = object(
  {
    entries: count('Entries'),
    head: text('Hash of the last one'),
    whole: Joi.boolean().required().description('Whether nothing was tampered with'),
    faults: list(
      object(
        {
          kind: text('What is wrong'),
          sequence: count('Where'),
          upTo: count('Up to where').optional(),
          detail: text('In words'),
        },
        'A fault',
      ),
      'The first hundred, by place',
    ),
    faultCount: count('How many'),
    checkpoints: nullable(
      object(
        { count: count('How many'), upTo: count('Up to here it is what was signed'), at: nullable(time('The newest')) },
        'Checkpoints in the second place',
      ),
    ),
  },
  'What a verification of the chain found',
);
export const auditExportQuery = Joi.object({
  format: Joi.string().valid('jsonl', 'csv').description('jsonl, unless told, can be verified again'),
  from: Joi.string().isoDate().description('Not before'),
  to: Joi.string().isoDate().description('Before'),
  event: Joi.string()
    .pattern(/^[a-z.]{1,64}$/)
    .description('Of this event'),
  subject: Joi.string()
    .pattern(/^[A-Za-z0-9_-]{22}$/)
    .description('Of this pseudonym'),
});
export const checkpointAnswer = object(
  { checkpoint: nullable(text('JWS compact; null for an empty chain')) },
  'The newest checkpoint',
);
