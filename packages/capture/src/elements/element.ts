import { Words, type Catalogue } from '../words/catalogue.ts';
import { THEME } from './theme.ts';

const sheets = new Map<string, CSSStyleSheet>();

/** A constructable style sheet: a page's `style-src 'self'` has nothing against it, unlike a style element. */
function sheet(css: string): CSSStyleSheet {
  const known = sheets.get(css);
  if (known !== undefined) return known;
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  sheets.set(css, made);
  return made;
}

/** What the components share: a shadow root with its style sheets, and sentences in the language of the page. */
export abstract class AsignioElement<Word extends string> extends HTMLElement {
  protected readonly root: ShadowRoot;
  readonly #catalogue: Catalogue<Word>;

  constructor(catalogue: Catalogue<Word>, css: string) {
    super();
    this.#catalogue = catalogue;
    this.root = this.attachShadow({ mode: 'open' });
    this.root.adoptedStyleSheets = [sheet(THEME), sheet(css)];
  }

  /** Sentences in the language of `lang`, here or on the nearest element around, through shadow roots. */
  protected words(): Words<Word> {
    return new Words(this.#catalogue, languageAround(this) ?? navigator.language);
  }

  /** Tells the page. @returns `false` when the page will do itself what would have come next. */
  protected tell(name: string, detail: unknown): boolean {
    return this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, cancelable: true }));
  }
}

function languageAround(element: Element): string | undefined {
  const holder = element.closest('[lang]');
  const lang = holder?.getAttribute('lang') ?? '';
  if (lang !== '') return lang;
  const root = (holder ?? element).getRootNode();
  return root instanceof ShadowRoot ? languageAround(root.host) : undefined;
}
