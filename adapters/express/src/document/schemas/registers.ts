import Joi from 'joi';
import { count, line, list, nullable, object, oneOf, ownId, pageOf, text, time } from './words.ts';

/* Disclosures by law, and the registers. What may not be is the core's to refuse: it logs it. */

export const registerParams = Joi.object({ id: ownId('entry') });
const flag = (description: string): Joi.BooleanSchema => Joi.boolean().required().description(description);
const names = (description: string, most: number): Joi.ArraySchema =>
  list(Joi.string().max(300), description).max(most);

const disclosure = object(
  {
    kind: text('legal-process or merger').max(64),
    reference: text('Of the order or deal').max(300),
    recipient: text('Who gets the data').max(200),
    region: text('Where, ISO 3166').max(8),
    scope: object(
      {
        data: names('Classes of data', 50),
        fields: names('What of them', 50),
        because: text('Why no more than that').max(2000),
      },
      'No more than this',
    ),
  },
  'What is asked for',
);
const mechanism = object(
  { kind: text('Kind of safeguard').max(64), id: text('Its reference').max(200) },
  'What makes a transfer lawful',
);
const notice = object(
  { version: text('Version').max(64), language: text('Language').max(35) },
  'The notice by which persons were told',
);
export const legalBody = object(
  {
    disclosure,
    subjects: list(line(256, 'The host application’s id of a person'), 'Persons').min(1).max(1000),
    mechanism: mechanism.optional(),
    notice: notice.optional(),
  },
  'A disclosure that is asked for',
);
export const legalAnswer = object(
  {
    id: ownId('disclosure'),
    disclosure,
    mechanism: nullable(mechanism),
    notice: nullable(notice),
    persons: count('How many are asked for'),
    state: oneOf(['requested', 'disclosed', 'refused'], 'Where it stands'),
    requestedAt: time('When'),
    requestedBy: text('Pseudonym of who asked'),
    decidedAt: nullable(time('When it was decided')),
    decidedBy: nullable(text('Pseudonym of who decided')),
    refusedBecause: nullable(text('Why it was refused')),
    disclosed: count('Persons of whom something was disclosed'),
  },
  'A disclosure by legal process or merger',
);
export const legalPage = pageOf(legalAnswer, 'Disclosures');

const assessment = {
  kind: text('What was assessed').max(64),
  title: text('Its title').max(200),
  by: text('Who made it').max(200),
  date: time('When it was made'),
  sha256: text('Hash of the report').max(64),
  nextDue: time('When the next one is due'),
  findings: count('Findings that are open'),
};
export const assessmentBody = object(assessment, 'An assessment');
export const assessmentAnswer = object(
  {
    ...assessment,
    id: ownId('assessment'),
    recordedAt: time('When it was recorded'),
    recordedBy: text('Pseudonym of who recorded it'),
    overdue: flag('Whether the next one should have been made'),
  },
  'An assessment',
);
export const assessmentPage = pageOf(assessmentAnswer, 'Assessments');

const incident = {
  discoveredAt: time('When it was noticed'),
  persons: list(
    object({ place: text('ISO 3166, or EU').max(8), count: count('How many') }, 'Persons of a place'),
    'Where the persons are',
  ).max(100),
  highRisk: flag('Whether it is a high risk to them'),
  summary: text('What happened, without naming anybody').max(4000),
  data: names('Classes of data', 20),
};
export const incidentBody = object(incident, 'A compromise');
export const notificationBody = object(
  { rule: text('Which deadline').max(100), reference: text('How they were told').max(300) },
  'Somebody was told',
);
export const incidentAnswer = object(
  {
    ...incident,
    id: ownId('incident'),
    deadlines: list(
      object(
        {
          rule: text('Which'),
          whom: text('Who must be told'),
          place: text('Where'),
          due: time('By when'),
          source: text('The law'),
          doneAt: nullable(time('When they were')),
          reference: nullable(text('How')),
        },
        'A deadline',
      ),
      'What the laws ask for',
    ),
    openedAt: time('When it was opened'),
    openedBy: text('Pseudonym of who opened it'),
    closedAt: nullable(time('When it was closed')),
    closedBecause: nullable(text('Why')),
    overdue: list(Joi.string(), 'Deadlines that nobody has met'),
  },
  'An incident',
);
export const incidentPage = pageOf(incidentAnswer, 'Incidents');

const dataset = {
  name: text('Name').max(100),
  source: text('Where it is from').max(300),
  licence: text('Under what terms').max(300),
  jurisdiction: text('Whose law it falls under').max(100),
  class: text('Class of its data').max(64),
};
export const datasetBody = object(dataset, 'A data set');
export const datasetAnswer = object(
  {
    ...dataset,
    id: text('Its id'),
    parts: list(Joi.string(), 'What it was combined from'),
    registeredAt: time('When it was registered'),
    registeredBy: text('Pseudonym of who registered it'),
  },
  'A data set',
);
export const datasetPage = pageOf(datasetAnswer, 'Data sets');
