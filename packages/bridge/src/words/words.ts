import { ar } from './ar.ts';
import { en } from './en.ts';
import type { BridgeWord } from './en.ts';
import { es } from './es.ts';

/** A language that the pages speak. */
export type Language = 'en' | 'es' | 'ar';

/** Sentences in every language. */
export type Catalogues<Word extends string> = { readonly [L in Language]: Readonly<Record<Word, string>> };

/** How a page says something; values are put in as they are, and escaped where HTML is made. */
export type Say<Word extends string> = (word: Word, values?: Readonly<Record<string, string>>) => string;

const SHARED: Catalogues<BridgeWord> = { en, es, ar };

/**
 * The language of a page: the first that is spoken here of what the request asks for (`ui_locales`, most wanted first),
 * then of what the browser prefers, then English.
 * @example
 * ```ts
 * languageOf('de, es;q=0.8'); // 'es'
 * languageOf('es', 'ar en'); // 'ar'
 * ```
 */
export function languageOf(acceptLanguage: string | undefined, uiLocales?: unknown): Language {
  const asked = typeof uiLocales === 'string' ? uiLocales.split(' ') : [];
  const preferred = (acceptLanguage ?? '').split(',').map((part) => part.split(';')[0]?.trim() ?? '');
  const found = [...asked, ...preferred].slice(0, 20).map((tag) => tag.split('-')[0]?.toLowerCase());
  return found.find(isSpoken) ?? 'en';
}

/** How things are said in a language: what bridges share, and what one of them says beside it. */
export function speaking<Word extends string>(own: Catalogues<Word>): (language: Language) => Say<Word | BridgeWord> {
  return (language) => {
    const words: Readonly<Record<Word | BridgeWord, string>> = { ...SHARED[language], ...own[language] };
    return (word, values = {}) => words[word].replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
  };
}

function isSpoken(tag: string | undefined): tag is Language {
  return tag !== undefined && Object.hasOwn(SHARED, tag);
}
