import { signWords as ar } from './ar.ts';
import type { Catalogue } from './catalogue.ts';
import { signWords as en, type SignWord } from './en.ts';
import { signWords as es } from './es.ts';

/** Sentences of the drawing surface. */
export const SIGN_CATALOGUE: Catalogue<SignWord> = { en, es, ar };
