/** Text that is XML already. */
export class Xml {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Xml | string | number | undefined | false | readonly Part[];

/** Line ends and tabs too: a parser would make spaces of them in an attribute (XML 1.0, 3.3.3). */
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};
// eslint-disable-next-line no-control-regex
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu;

/**
 * Makes XML of a template; whatever is put into it is escaped, unless it is XML itself. What no XML can hold is left out,
 * and so is the white space with which a template is laid out.
 */
export function xml(strings: TemplateStringsArray, ...parts: readonly Part[]): Xml {
  const laidOut = strings.map((text) =>
    text.replaceAll(/\s*\n\s*/g, ' ').replaceAll(/> +(?=<|$)|^ +(?=<)/g, (m) => m.trim()),
  );
  return new Xml(laidOut.map((text, i) => text + (i < parts.length ? render(parts[i]) : '')).join(''));
}

/** An attribute that is there only where it has a value; with a space before it. */
export function optional(name: string, value: string | undefined): Xml {
  return value === undefined ? new Xml('') : xml` ${new Xml(name)}="${value}"`;
}

/** An instant as SAML writes it: UTC, to the second. */
export function instant(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

function render(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Xml) return part.text;
  if (typeof part === 'object') return part.map(render).join('');
  return `${part}`.replaceAll(NOT_XML, '').replace(/[&<>"'\t\n\r]/g, (character) => ENTITIES[character] ?? '');
}
