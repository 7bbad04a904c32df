import { retentionSchedule } from './schedule.ts';
import type { RetentionRule } from './rules.ts';
import { scheduleWords } from './words.ts';
import type { ScheduleWords } from './words.ts';

interface Line {
  readonly who: string;
  readonly when: string;
  readonly source: string;
}

/**
 * The public retention schedule (R10) as text, in English, Spanish or Arabic.
 * @throws AsignioError `ASIGNIO_RETENTION_INVALID`.
 */
export function retentionScheduleText(rules: readonly RetentionRule[], language?: string): string {
  const words = scheduleWords(language);
  const blocks = lines(rules, words).map(
    ({ who, when, source }) => `${who}\n  ${when}\n  ${words.columns.source}: ${source}`,
  );
  return `${[words.title, words.introduction, ...blocks, ...words.notes].join('\n\n')}\n`;
}

/**
 * The same as HTML: one `<section>`, without scripts, styles or ids of its own, to stand in a page of yours.
 * @throws AsignioError `ASIGNIO_RETENTION_INVALID`.
 * @example
 * ```ts
 * res.send(page(retentionScheduleHtml(policy.rules, req.acceptsLanguages('en', 'es', 'ar') || 'en')));
 * ```
 */
export function retentionScheduleHtml(rules: readonly RetentionRule[], language?: string): string {
  const words = scheduleWords(language);
  const { columns, direction, title, introduction, notes } = words;
  const head = [columns.who, columns.when, columns.source].map((name) => `<th scope="col">${escaped(name)}</th>`);
  const rows = lines(rules, words).map(
    ({ who, when, source }) =>
      `<tr><th scope="row">${escaped(who)}</th><td>${escaped(when)}</td><td><bdi>${escaped(source)}</bdi></td></tr>`,
  );
  return [
    `<section lang="${words.language}" dir="${direction}">`,
    `<h1>${escaped(title)}</h1>`,
    `<p>${escaped(introduction)}</p>`,
    `<table><thead><tr>${head.join('')}</tr></thead>`,
    `<tbody>${rows.join('\n')}</tbody></table>`,
    ...notes.map((note) => `<p>${escaped(note)}</p>`),
    '</section>\n',
  ].join('\n');
}

function lines(rules: readonly RetentionRule[], words: ScheduleWords): readonly Line[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  return retentionSchedule(rules).map(({ rule, from, jurisdiction, source }) => ({
    who: jurisdiction === null ? words.everybody : words.people[jurisdiction],
    when: `${from === 'capture' ? words.probe : words.subject}: ${words.clause(byId.get(rule) as RetentionRule)}`,
    source,
  }));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
