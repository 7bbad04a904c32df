import type { Regulator, RequestView } from '../../client/rights.ts';
import type { Word } from '../../words/all.ts';
import type { Words } from '../../words/catalogue.ts';
import { download, h } from '../dom.ts';

/** Why not everything was done, each with the text that allows it. */
export function exceptionList(exceptions: RequestView['exceptions']): HTMLElement {
  return h(
    'ul',
    { class: 'stack' },
    ...exceptions.map(({ sentence, source }) =>
      h('li', { class: 'card tight', dir: 'auto' }, h('p', {}, sentence), h('p', { class: 'small muted' }, source)),
    ),
  );
}

function line(text: string): HTMLElement {
  return h('p', { class: 'small muted' }, text);
}

/** One request with its deadline, or how it ended. */
export function requestCard(request: RequestView, words: Words<Word>): HTMLElement {
  const { closedAt, outcome, extension, answer, certificate } = request;
  const until = words.date(request.due);
  return h(
    'li',
    { class: 'card tight' },
    h('p', {}, words.find(`type.${request.type}`) ?? request.type),
    line(words.say('askedOn', { date: words.date(request.openedAt) })),
    closedAt === null
      ? h(
          'p',
          { class: request.overdue ? 'small bad' : 'small' },
          words.say(request.overdue ? 'answerLate' : 'answerBy', { date: until }),
        )
      : line(words.say('answeredOn', { date: words.date(closedAt) })),
    extension === null || closedAt !== null
      ? undefined
      : line(words.say('extended', { date: until, reason: extension.reason ?? '' })),
    outcome === null ? undefined : h('p', {}, words.find(`outcome.${outcome}`) ?? outcome),
    request.exceptions.length === 0 ? undefined : exceptionList(request.exceptions),
    answer === null || answer === '' ? undefined : h('p', { dir: 'auto' }, answer),
    certificate === null
      ? undefined
      : h(
          'button',
          {
            type: 'button',
            class: 'plain',
            part: 'button certificate',
            onclick: () => download('certificate.jws', certificate, 'application/jose'),
          },
          words.say('certificate'),
        ),
  );
}

/** More authorities than this are shown on request. */
const FEW = 4;

/** Who takes complaints, each a link. */
export function regulatorList(regulators: readonly Regulator[], words: Words<Word>): HTMLElement {
  const list = h(
    'ul',
    { class: 'tight' },
    ...regulators.map(({ name, url, region }) =>
      h('li', { dir: 'auto' }, h('a', { href: url, rel: 'noreferrer' }, `${name} (${region})`)),
    ),
  );
  if (regulators.length <= FEW) return list;
  return h('details', {}, h('summary', { part: 'regulators' }, words.say('regulatorsAll')), list);
}
