import * as ar from './ar.ts';
import type { Catalogue } from './catalogue.ts';
import * as en from './en.ts';
import * as es from './es.ts';
import { FACE_CATALOGUE } from './face/catalogue.ts';
import type { FaceWord } from './face/en.ts';
import { rightWords as arRights } from './rights/ar.ts';
import { rightWords as enRights } from './rights/en.ts';
import type { RightWord } from './rights/en.ts';
import { rightWords as esRights } from './rights/es.ts';
import { SIGN_CATALOGUE } from './sign.ts';

/** A key of the whole catalogue. */
export type Word = en.SignWord | en.FlowWord | FaceWord | RightWord;

/** All sentences. */
export const CATALOGUE: Catalogue<Word> = {
  en: { ...en.signWords, ...en.flowWords, ...FACE_CATALOGUE.en, ...enRights },
  es: { ...es.signWords, ...es.flowWords, ...FACE_CATALOGUE.es, ...esRights },
  ar: { ...ar.signWords, ...ar.flowWords, ...FACE_CATALOGUE.ar, ...arRights },
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
  for (const catalogue of [CATALOGUE, SIGN_CATALOGUE, FACE_CATALOGUE] as Record<string, object>[])
    catalogue[language] = { ...catalogue[language], ...words };
}
