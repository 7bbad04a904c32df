import type { Catalogue } from '../catalogue.ts';
import { faceWords as ar } from './ar.ts';
import { faceWords as en, type FaceWord } from './en.ts';
import { faceWords as es } from './es.ts';

/** Sentences of the face component. */
export const FACE_CATALOGUE: Catalogue<FaceWord> = { en, es, ar };
