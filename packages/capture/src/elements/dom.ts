type Child = Node | string | undefined;
type Listener = (event: Event) => void;

/** Attributes of an element; a function is a listener, `false` and `undefined` leave the attribute away. */
export type Attributes = Readonly<Record<string, string | number | boolean | Listener | undefined>>;

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Makes an element. Text stays text: nothing is ever parsed as HTML, so a page may demand Trusted Types.
 * @example
 * ```ts
 * h('button', { type: 'button', part: 'button', onclick: () => start() }, 'Start');
 * ```
 */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  return filled(document.createElement(name), attributes, children);
}

/** Makes an SVG element. */
export function svg<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Name] {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.replace(/^on/, ''), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== undefined) element.setAttribute(name, `${value}`);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** Offers a text as a file. */
export function download(name: string, text: string, mediaType: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: mediaType }));
  h('a', { href: url, download: name }).click();
  // The browser has taken hold of the data by the next turn of its event loop.
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}
