/** Letters that Arabic writes in several forms. */
const ARABIC_FORMS: readonly (readonly [RegExp, string])[] = [
  [/[أإآٱ]/gu, 'ا'],
  [/ى/gu, 'ي'],
  [/ة/gu, 'ه'],
  [/ؤ/gu, 'و'],
  [/ئ/gu, 'ي'],
];

/**
 * A text in the form that rules are written for: compatibility forms composed, lower case, without accents and vowel signs,
 * without characters that cannot be seen (by which a word could be hidden from a rule), one kind of quote and of space.
 */
export function normalise(text: string): string {
  const seen = text
    .normalize('NFKD')
    .replaceAll(/[\p{M}\p{Cf}\u0640]/gu, '')
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[‘’ʼ`´]/gu, "'")
    .replaceAll(/[^\S\n]+/gu, ' ');
  return foldArabic(seen);
}

/** One form of each letter. */
export function foldArabic(text: string): string {
  return ARABIC_FORMS.reduce((result, [form, letter]) => result.replaceAll(form, letter), text);
}

/** Sentences and lines, trimmed; a label (`name:`) keeps its colon. */
export function sentencesOf(text: string): readonly string[] {
  return text
    .split(/(?<=[.!?؟;؛])\s+|\n+|(?<=:)\s+(?=\S)/u)
    .map((sentence) => sentence.replace(/[.!?؟;؛\s]+$/u, '').trim())
    .filter((sentence) => sentence !== '');
}
