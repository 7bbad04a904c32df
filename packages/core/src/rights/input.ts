import Joi from 'joi';
import { PURPOSES } from '@asignio/contracts';
import type { ConsentId, Purpose, SubjectId } from '@asignio/contracts';
import { GUARDIAN_EVIDENCE, GUARDIAN_RELATIONS, REQUEST_LAWS, REQUEST_TYPES } from '@asignio/policy';
import type { AgeStatement, RequestLaw, RequestType } from '@asignio/policy';
import type { Guardians, Reviews } from './api.ts';
import type { AttributeChanges } from './attributes.ts';
import { checkInput, line, time } from '../governance/input.ts';

/** Longest text that a person or an operator writes, in characters. */
const LONGEST = 4000;

/** Lines of text: anything printable, and line breaks. */
export function prose(): Joi.StringSchema {
  return Joi.string()
    .trim()
    .min(1)
    .max(LONGEST)
    .pattern(/^(?:[^\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]|[\t\r\n])*$/u);
}

/** Purposes that people can be asked for. */
export function purposes(): Joi.ArraySchema {
  return Joi.array()
    .items(Joi.valid(...PURPOSES.filter((purpose) => purpose !== 'evaluation')))
    .min(1)
    .unique();
}

const OBJECTION = Joi.object<{ purposes?: readonly Purpose[] }>({ purposes: purposes() });
const RETRACTION = Joi.object<{ purposes: readonly Purpose[] }>({ purposes: purposes().required() });
const COMPLAINT = Joi.object<{ statement: string; region?: string }>({
  statement: prose().required(),
  region: Joi.string().max(6),
});

const id = Joi.string()
  .pattern(/^[A-Za-z0-9_-]{1,64}$/)
  .required();
const subject = line(256).required();
const LIST = Joi.object<{ state?: 'open' | 'overdue' | 'closed'; type?: RequestType; limit?: number; after?: string }>({
  state: Joi.valid('open', 'overdue', 'closed'),
  type: Joi.valid(...REQUEST_TYPES),
  limit: Joi.number().integer().min(1).max(1000),
  after: Joi.string().max(4096),
});
const OPENING = Joi.object<{
  subject: SubjectId;
  type: RequestType;
  law?: RequestLaw;
  receivedAt: number;
  statement?: string;
}>({
  subject,
  // What a person contests is a decision on record, and they say which.
  type: Joi.valid(...REQUEST_TYPES.filter((type) => type !== 'contest')).required(),
  law: Joi.valid(...REQUEST_LAWS),
  receivedAt: time().required(),
  statement: prose(),
});
const EXTENSION = Joi.object<{ id: string; reason: string }>({ id, reason: line(1000).required() });
const ANSWER = Joi.object<{ id: string; outcome: 'done' | 'answered' | 'exception'; answer: string }>({
  id,
  outcome: Joi.valid('done', 'answered', 'exception').required(),
  answer: prose().required(),
});

const age = Joi.object<AgeStatement>({ band: Joi.string().max(16), birthDate: Joi.string().max(10) }).required();
const CUSTODY = Joi.object<Parameters<Reviews['verifyGuardian']>[2]>({
  guardian: subject,
  child: subject,
  relation: Joi.valid(...GUARDIAN_RELATIONS).required(),
  evidence: Joi.valid(...GUARDIAN_EVIDENCE).required(),
  reference: line(200).required(),
});
const CHILD = Joi.object<{ child: SubjectId }>({ child: subject });
const AGE_REPORT = Joi.object<{ subject: SubjectId; age: AgeStatement }>({ subject, age });
const TAKING_BACK = Joi.object<{ child: SubjectId; consent: ConsentId }>({ child: subject, consent: id });
// What a release says is the policy's to judge; here only that there is something to judge.
const GUARDIAN = Joi.object<Parameters<Guardians['agree']>[1]>({
  child: subject,
  age,
  modality: Joi.required(),
  purposes: Joi.array().required(),
  noticeVersion: Joi.string().required(),
  noticeSha256: Joi.string().required(),
  language: Joi.string().required(),
  signature: Joi.object().unknown().required(),
});

export const checkCustody = (input: unknown) => checkInput(CUSTODY, input);
export const checkChild = (input: unknown) => checkInput(CHILD, input);
export const checkAgeReport = (input: unknown) => checkInput(AGE_REPORT, input);
export const checkTakingBack = (input: unknown) => checkInput(TAKING_BACK, input);
export const checkGuardian = (input: unknown) => checkInput(GUARDIAN, input);
const CONTEST = Joi.object<{ decision: string; statement: string }>({ decision: id, statement: prose().required() });
const VERDICT = Joi.object<{ id: string; outcome: 'upheld' | 'overridden'; reason: string }>({
  id,
  outcome: Joi.valid('upheld', 'overridden').required(),
  reason: prose().required(),
});

const attribute = (schema: Joi.StringSchema) => schema.allow(null);
const ATTRIBUTES = Joi.object<AttributeChanges>({
  name: attribute(line(200)),
  email: attribute(line(254).pattern(/^[^\s@]+@[^\s@]+\.[^\s@]+$/)),
  phone: attribute(Joi.string().pattern(/^\+?[0-9 ().-]{4,32}$/)),
}).min(1);
const ENROLMENT = Joi.object<{ enrolment: string }>({ enrolment: id });

export const checkAttributes = (input: unknown) => checkInput(ATTRIBUTES, input);
export const checkEnrolment = (input: unknown) => checkInput(ENROLMENT, input);
const passphrase = Joi.string().min(15).max(200);
const EXPORT = Joi.object<{ passphrase?: string }>({ passphrase });
const IMPORT = Joi.object<{ text: string; passphrase?: string }>({ text: Joi.string().required(), passphrase });

export const checkExport = (input: unknown) => checkInput(EXPORT, input ?? {});
export const checkImport = (input: unknown) => checkInput(IMPORT, input);
export const checkContest = (input: unknown) => checkInput(CONTEST, input);
export const checkVerdict = (input: unknown) => checkInput(VERDICT, input);
export const checkListing = (input: unknown) => checkInput(LIST, input ?? {});
export const checkOpening = (input: unknown) => checkInput(OPENING, input);
export const checkExtension = (input: unknown) => checkInput(EXTENSION, input);
export const checkAnswer = (input: unknown) => checkInput(ANSWER, input);
export const checkCaseId = (input: unknown) => checkInput(Joi.object<{ id: string }>({ id }), { id: input }).id;
export const checkObjection = (input: unknown) => checkInput(OBJECTION, input ?? {});
export const checkRetraction = (input: unknown) => checkInput(RETRACTION, input);
export const checkComplaint = (input: unknown) => checkInput(COMPLAINT, input);
