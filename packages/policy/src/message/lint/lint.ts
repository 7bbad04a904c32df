import type { MessageTemplate } from '../template.ts';
import { foldArabic, normalise, sentencesOf } from './normalise.ts';
import { LINT_LANGUAGES } from './words.ts';
import type { LintWords } from './words.ts';

/** What is wrong with a message. */
export const LINT_RULES = ['form', 'link', 'reply', 'asks'] as const;
export type LintRule = (typeof LINT_RULES)[number];

/** Something in a message by which it asks for personal data. */
export interface LintFinding {
  readonly rule: LintRule;
  readonly language: string;
  /** To stand after the name of the template. */
  readonly message: string;
  /** Where, at most 80 characters. */
  readonly excerpt: string;
}

const MESSAGES: Readonly<Record<LintRule, string>> = {
  form: 'has something to fill in',
  link: 'has a link that is not a plain https page',
  reply: 'invites an answer',
  asks: 'asks for personal data',
};

/**
 * R40: what in a text asks a person for data. A message of ours only tells: whoever gets used to answering will answer a
 * forger too. Checked are the words in English, Spanish and Arabic, and in whatever language what is not words: forms,
 * blanks to fill in, and links that carry or take input. It is strict on purpose ("do not reply" is refused as well: say
 * that nobody reads answers), and a text in another language is read by none of its rules for words: have somebody read it.
 *
 * @example
 * ```ts
 * lintText('Please confirm your date of birth.'); // [{ rule: 'asks', ... }]
 * lintText('Your notice changes on 1 May.');      // []
 * ```
 */
export function lintText(text: string, language = 'en'): readonly LintFinding[] {
  const findings: LintFinding[] = [];
  const add = (rule: LintRule, excerpt: string) =>
    findings.push({ rule, language, message: MESSAGES[rule], excerpt: excerpt.trim().slice(0, 80) });
  const plain = normalise(text);
  for (const pattern of FORMS) for (const [found] of plain.matchAll(pattern)) add('form', found);
  for (const [found] of plain.matchAll(LINK)) if (!isPlainPage(found)) add('link', found);
  for (const sentence of sentencesOf(plain))
    for (const words of LANGUAGES) {
      if (words.replies.test(sentence)) add('reply', sentence);
      if (words.labels.test(sentence)) add('form', sentence);
      if (asks(words, sentence)) add('asks', sentence);
    }
  return findings;
}

/** R40: as {@link lintText}, over all words of a template in all its languages. */
export function lintTemplate({ languages }: MessageTemplate): readonly LintFinding[] {
  return Object.entries(languages).flatMap(([language, { title, text }]) => lintText(`${title}\n\n${text}`, language));
}

/** Elements of a form, and blanks that are left for an answer. */
const FORMS: readonly RegExp[] = [
  /<\s*\/?\s*(?:form|input|select|textarea|button|option|label|script|iframe|object|embed|img|svg|a|style|meta|link|base)\b[^>]*>?/giu,
  /\b(?:contenteditable|onsubmit|onclick|formaction)\s*=/giu,
  /_{3,}|\.{5,}|…{2,}|-{6,}/gu,
  /\[\s{0,20}[x✓]?\s{0,20}\](?!\()|[☐☑□]/giu,
];

const LINK =
  /\b[a-z][a-z0-9+.-]*:\/\/\S+|\b(?:mailto|tel|sms|smsto|javascript|data|vbscript|file|callto|facetime|whatsapp|tg|geo):\S*|\bwww\.\S+|\[[^\]]*\]\([^)]*\)/giu;
/** Pages whose very purpose is to be filled in. */
const FORM_PAGE =
  /(?:^|[./_-])(?:forms?|formulari[oa]s?|surveys?|encuestas?|questionnaires?|cuestionarios?|uploads?|typeform|jotform|surveymonkey|docusign|wufoo|airtable|نموذج|استماره|استبيان)(?:$|[./_-])/iu;

/** A page that can be read and takes nothing along: no query, no fragment, no user. */
function isPlainPage(found: string): boolean {
  const address = found.replace(/[).,;:!?»”"'،؛؟]+$/u, '');
  if (!/^https:\/\//i.test(address) || !URL.canParse(address)) return false;
  const { username, password, search, hash, port, hostname, pathname } = new URL(address);
  if (username !== '' || password !== '' || port !== '' || address.includes('?') || address.includes('#')) return false;
  return search === '' && hash === '' && !FORM_PAGE.test(decoded(`${hostname}${pathname}`));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Where a word begins and ends, in any script. */
const BEFORE = '(?<![\\p{L}\\p{N}])';
const AFTER = '(?![\\p{L}\\p{N}])';

/** The words of a language as expressions over one normalised sentence. */
interface Compiled {
  readonly data: RegExp;
  readonly phrases: RegExp;
  readonly order: RegExp;
  readonly led: RegExp;
  readonly replies: RegExp;
  readonly labels: RegExp;
}

const LANGUAGES: readonly Compiled[] = Object.values(LINT_LANGUAGES).map((words) => compile(folded(words)));

/** The words as the text they are looked for in is: normalised. */
function folded(words: LintWords): LintWords {
  const lists = Object.entries(words).map(([key, list]: [string, readonly string[]]) => [key, list.map(foldArabic)]);
  return Object.fromEntries(lists) as LintWords;
}

function compile({ data, verbs, leads, phrases, openers, joins, replies }: LintWords): Compiled {
  const opening = `^[^\\p{L}\\p{N}]*(?:(?:${openers.join('|')})[\\s,]+)*`;
  const verb = `(?:${verbs.join('|')})`;
  const lead = `(?:${leads.join('|')})`;
  // In Arabic "and" is written on to the word that follows.
  const join = `(?:(?:${joins.join('|')})[\\s]+|,\\s*|و)`;
  return {
    data: whole(data.join('|')),
    phrases: whole(phrases.join('|')),
    order: new RegExp(`${opening}(?:و|ف)?${verb}${AFTER}`, 'u'),
    led: new RegExp(`${opening}(?:و|ف)?(?:${lead}|${verb})${AFTER}.*${BEFORE}${join}${verb}${AFTER}`, 'u'),
    replies: whole(replies.join('|')),
    labels: new RegExp(`${BEFORE}(?:${data.join('|')})\\s*[:：]\\s*$`, 'u'),
  };
}

function whole(alternatives: string): RegExp {
  return new RegExp(`${BEFORE}(?:[وفبلك]?(?:ال)?)?(?:${alternatives})${AFTER}`, 'u');
}

/**
 * Whether a sentence asks for a datum: it names one, and is an order, goes on from one order to another, or has one of the
 * phrases by which things are asked for.
 */
function asks({ data, phrases, order, led }: Compiled, sentence: string): boolean {
  if (!data.test(sentence)) return false;
  return phrases.test(sentence) || order.test(sentence) || led.test(sentence);
}
