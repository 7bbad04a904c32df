import { ar } from './ar.ts';
import { en } from './en.ts';
import type { Word, Words } from './en.ts';
import { es } from './es.ts';

/** A language that the pages speak. */
export type Language = 'en' | 'es' | 'ar';

const CATALOGUES: { readonly [L in Language]: Words } = { en, es, ar };

/** How a page says something; values are put in as they are, and escaped where HTML is made. */
export type Say = (word: Word, values?: Readonly<Record<string, string>>) => string;

/** The language of a page: the first that is spoken here of what the browser prefers, then English. */
export function languageOf(acceptLanguage: string | undefined): Language {
  const preferred = (acceptLanguage ?? '').split(',').map((part) => part.split(';')[0]?.trim() ?? '');
  const found = preferred.slice(0, 20).map((tag) => tag.split('-')[0]?.toLowerCase());
  return found.find(isSpoken) ?? 'en';
}

/** How things are said in a language. */
export function sayIn(language: Language): Say {
  return (word, values = {}) =>
    CATALOGUES[language][word].replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
}

function isSpoken(tag: string | undefined): tag is Language {
  return tag !== undefined && Object.hasOwn(CATALOGUES, tag);
}
