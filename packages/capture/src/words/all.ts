import * as ar from './ar.ts';
import type { Catalogue } from './catalogue.ts';
import * as en from './en.ts';
import * as es from './es.ts';
import { SIGN_CATALOGUE } from './sign.ts';

/** A key of the whole catalogue. */
export type Word = en.SignWord | en.FlowWord;

/** All sentences. */
export const CATALOGUE: Catalogue<Word> = {
  en: { ...en.signWords, ...en.flowWords },
  es: { ...es.signWords, ...es.flowWords },
  ar: { ...ar.signWords, ...ar.flowWords },
};

/**
 * Adds a language, or replaces sentences of one. What is left out stays English.
 * @param language primary subtag, `de`
 * @example
 * ```ts
 * addLanguage('de', { startOver: 'Von vorn', done: 'Fertig' });
 * ```
 */
export function addLanguage(language: string, words: Readonly<Partial<Record<Word, string>>>): void {
  for (const catalogue of [CATALOGUE, SIGN_CATALOGUE] as Record<string, object>[])
    catalogue[language] = { ...catalogue[language], ...words };
}
