/**
 * Of words in several languages, those in a language or one that it is a kind of (`es-MX`); the first where there are none.
 * @param all at least one
 */
export function inLanguage<W extends { readonly language: string }>(
  all: readonly [W, ...(readonly W[])],
  language: string = all[0].language,
): W {
  const [primary = ''] = language.slice(0, 64).toLowerCase().split('-');
  return all.find((words) => words.language === primary) ?? all[0];
}
