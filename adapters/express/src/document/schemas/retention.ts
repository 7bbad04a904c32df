import { MODALITIES } from '@asignio/contracts';
import Joi from 'joi';
import { count, language, line, list, nullable, object, oneOf, pageOf, pageQuery, text, time } from './words.ts';

const subject = line(256, 'The host application’s id of the person');

export const scheduleQuery = Joi.object({
  language,
  format: Joi.string().valid('html', 'text', 'json').description('html, unless told'),
});

export const destructionQuery = pageQuery.keys({ subject });
export const destructionPage = pageOf(
  object(
    {
      id: text('Its order'),
      subject: text('Pseudonym of the person'),
      scope: oneOf([...MODALITIES, 'all'], 'What goes'),
      reason: text('Retention rule, or the request'),
      orderedAt: time('When it was ordered'),
      state: oneOf(['running', 'held', 'done'], 'Where it stands'),
      attempts: count('Failures since it last went on'),
      lastError: nullable(text('Code of the last one')),
      certificate: nullable(text('JWS compact, once it is done')),
    },
    'A destruction',
  ),
  'Destructions',
);

export const placesBody = object(
  { subject: subject.required(), places: list(Joi.string().max(8), 'Where the person is, ISO 3166: US-CO').max(20) },
  'Where a person is',
);
export const placesAnswer = object(
  {
    places: list(Joi.string(), 'Where the person is'),
    due: time('When the data are destroyed'),
    rule: text('By which rule'),
  },
  'What follows for how long data are kept',
);
export const purposeEndBody = object({ subject: subject.required() }, 'The purpose is met for this person');
export const purposeEndAnswer = object({ endedAt: time('From when the clock runs') }, 'Noted');
