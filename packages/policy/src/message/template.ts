import { AsignioError, MESSAGE_CLASSES, MESSAGE_LIMITS } from '@asignio/contracts';
import type { MessageClass } from '@asignio/contracts';
import { deepFreeze, isOf, isPrintable, isText } from '../checks.ts';
import { lintTemplate } from './lint/lint.ts';

/** The words of a message in one language. `{name}` stands for a value. */
export interface TemplateWords {
  readonly title: string;
  /** Plain text; paragraphs are parted by blank lines. */
  readonly text: string;
}

/** An outgoing message as data. */
export interface MessageTemplate {
  /** `notice-changes`: lower case letters, digits and hyphens. */
  readonly name: string;
  /** R35: a `mandatory` one cannot be switched off, so none may be it that need not be sent. */
  readonly class: MessageClass;
  /** Names of the values that the words take. */
  readonly values: readonly string[];
  /** By language (BCP 47). The first is the one for whoever reads none of them. */
  readonly languages: Readonly<Record<string, TemplateWords>>;
}

const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
const VALUE = /^[a-z][A-Za-z0-9]{0,31}$/;
const LANGUAGE = /^(?=.{2,35}$)[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*$/;
const PLACE = /\{([^{}]*)\}/g;
const MAX_VALUES = 16;

/**
 * Checks templates one by one and as a whole, copies and freezes them.
 *
 * @throws AsignioError `ASIGNIO_TEMPLATE_INVALID` naming template, language and fault: also where one asks for personal
 * data (R40).
 * @example
 * ```ts
 * const templates = createTemplates([...DEFAULT_TEMPLATES, {
 *   name: 'spring-offer', class: 'optional', values: ['date'],
 *   languages: { en: { title: 'New ways to sign in', text: 'From {date} on you can also sign in by voice.' } },
 * }]);
 * ```
 */
export function createTemplates(given: readonly MessageTemplate[]): ReadonlyMap<string, MessageTemplate> {
  const templates = new Map<string, MessageTemplate>();
  for (const item of given) {
    const complaint = complaintOf(item) ?? (templates.has(item.name) ? 'is there twice' : undefined);
    if (complaint !== undefined) throw invalid(`${nameOf(item)} ${complaint}`);
    const [finding] = lintTemplate(item);
    if (finding !== undefined)
      throw invalid(`${item.name} (${finding.language}) ${finding.message}: "${finding.excerpt}"`);
    templates.set(item.name, deepFreeze(structuredClone(item)));
  }
  return templates;
}

/** Words in one language, with the values in their places. */
export interface RenderedMessage extends TemplateWords {
  readonly language: string;
}

/**
 * Puts values into a template: in the language, one that it is a kind of (RFC 4647 lookup), or the template's first. A value
 * is put in as it is, and is no place for another.
 *
 * @throws AsignioError `ASIGNIO_TEMPLATE_INVALID` for a value that is missing, that the template does not take, or that
 * makes the message too long.
 */
export function renderTemplate(
  template: MessageTemplate,
  language: string,
  values: Readonly<Record<string, string>>,
): RenderedMessage {
  const stray = Object.keys(values).find((name) => !template.values.includes(name));
  if (stray !== undefined) throw invalid(`${template.name} takes no value ${stray.slice(0, 32)}`);
  const [chosen, words] = inLanguage(template, language);
  const fill = (text: string) =>
    text.replaceAll(PLACE, (_, name: string) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (!isText(value, MESSAGE_LIMITS.text)) throw invalid(`${template.name} needs the value ${name}`);
      return value;
    });
  const title = fill(words.title);
  const text = fill(words.text);
  if (!isPrintable(title, 1, MESSAGE_LIMITS.title) || text.length > MESSAGE_LIMITS.text)
    throw invalid(`${template.name} has become too long, or its title more than one line`);
  return { language: chosen, title, text };
}

function inLanguage({ languages }: MessageTemplate, language: string): readonly [string, TemplateWords] {
  const known = Object.entries(languages);
  for (let range = language.toLowerCase(); range !== ''; range = range.slice(0, Math.max(0, range.lastIndexOf('-')))) {
    const found = known.find(([tag]) => tag.toLowerCase() === range);
    if (found !== undefined) return found;
  }
  return known[0] as [string, TemplateWords];
}

function complaintOf(template: MessageTemplate): string | undefined {
  const { name, class: kind, values, languages } = template ?? {};
  if (!isOf(NAME, name)) return 'needs a name of a-z 0-9 -';
  if (!MESSAGE_CLASSES.includes(kind)) return `needs a class, ${MESSAGE_CLASSES.join(' or ')}`;
  if (!Array.isArray(values) || values.length > MAX_VALUES || !values.every((value) => isOf(VALUE, value)))
    return `needs values, 0-${MAX_VALUES} names`;
  if (typeof languages !== 'object' || languages === null || Object.keys(languages).length === 0)
    return 'needs words in a language at least';
  for (const [language, words] of Object.entries(languages)) {
    const { title, text } = words ?? {};
    if (!isOf(LANGUAGE, language)) return 'has words in what is no language';
    if (!isPrintable(title, 1, MESSAGE_LIMITS.title)) return `(${language}) needs a title of one line`;
    if (!isText(text, MESSAGE_LIMITS.text)) return `(${language}) needs a text`;
    const places = [...`${title}\n${text}`.matchAll(PLACE)].map(([, place]) => place as string);
    const unknown = places.find((place) => !values.includes(place));
    if (unknown !== undefined) return `(${language}) has a place for a value that is not declared`;
    const unused = values.find((value) => !places.includes(value));
    if (unused !== undefined) return `(${language}) has no place for the value ${unused}`;
  }
  return undefined;
}

/** Of whatever was handed in. */
function nameOf(template: unknown): string {
  return String((template as Partial<MessageTemplate> | null | undefined)?.name).slice(0, 64);
}

function invalid(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_TEMPLATE_INVALID', `The template ${detail}`);
}
