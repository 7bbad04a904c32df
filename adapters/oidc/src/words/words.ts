import { speaking } from '@asignio/bridge';
import { ar } from './ar.ts';
import { en } from './en.ts';
import { es } from './es.ts';

/** How the pages say something in a language. */
export const sayIn = speaking({ en, es, ar });
