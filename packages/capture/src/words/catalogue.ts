/** A language's sentences: every key of `en`. */
export interface Catalogue<Word extends string> {
  readonly en: Readonly<Record<Word, string>>;
  readonly [language: string]: Readonly<Partial<Record<Word, string>>>;
}

const RIGHT_TO_LEFT = new Set(['ar', 'dv', 'fa', 'he', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi']);

/** Sentences in one language, with English where it lacks one. */
export class Words<Word extends string> {
  /** BCP 47, as asked for: what `Intl` is given. */
  readonly language: string;
  readonly direction: 'ltr' | 'rtl';
  readonly #catalogue: Catalogue<Word>;
  readonly #own: Readonly<Partial<Record<Word, string>>>;

  /** @param language BCP 47; a malformed or unknown one gives English. */
  constructor(catalogue: Catalogue<Word>, language: string) {
    const [primary = 'en'] = language.toLowerCase().split('-');
    const known = Object.hasOwn(catalogue, primary) && isLanguage(language);
    this.#catalogue = catalogue;
    this.language = known ? language : 'en';
    this.#own = (known ? catalogue[primary] : undefined) ?? catalogue.en;
    this.direction = known && RIGHT_TO_LEFT.has(primary) ? 'rtl' : 'ltr';
  }

  /**
   * One sentence, with its values filled in.
   * @example
   * ```ts
   * new Words(catalogue, 'es').say('drawingOf', { next: 2, needed: 5 }); // 'Dibujo 2 de 5'
   * ```
   */
  say(word: Word, values: Readonly<Record<string, string | number>> = {}): string {
    const sentence = this.#own[word] ?? this.#catalogue.en[word];
    return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined) return whole;
      return typeof value === 'number' ? new Intl.NumberFormat(this.language).format(value) : value;
    });
  }

  /** The sentence for an error code, where there is one. */
  find(code: string): string | undefined {
    return this.knows(code) ? this.say(code) : undefined;
  }

  /** Whether there is such a sentence. */
  knows(code: string): code is Word {
    return Object.hasOwn(this.#catalogue.en, code);
  }

  /** A date, long. Of what is no date, nothing. */
  date(iso: string): string {
    const at = new Date(iso);
    return Number.isNaN(at.getTime()) ? '' : new Intl.DateTimeFormat(this.language, { dateStyle: 'long' }).format(at);
  }

  /** A date with the time of day. */
  dateTime(iso: string): string {
    const at = new Date(iso);
    return Number.isNaN(at.getTime())
      ? ''
      : new Intl.DateTimeFormat(this.language, { dateStyle: 'long', timeStyle: 'short' }).format(at);
  }

  /** A length of time in words: seconds up to two minutes, then minutes. */
  duration(ms: number): string {
    const seconds = Math.max(1, Math.ceil(ms / 1000));
    const long = seconds >= 120;
    const format = { style: 'unit', unit: long ? 'minute' : 'second', unitDisplay: 'long' } as const;
    return new Intl.NumberFormat(this.language, format).format(long ? Math.ceil(seconds / 60) : seconds);
  }
}

function isLanguage(language: string): boolean {
  try {
    return Intl.getCanonicalLocales(language).length === 1;
  } catch {
    return false;
  }
}
