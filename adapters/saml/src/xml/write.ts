/** Text that is XML already. */
export class Xml {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Xml | string | number | undefined | false | readonly Part[];

/** As canonical XML escapes (Canonical XML 1.0, 2.3): in a text, and in an attribute. */
const IN_TEXT: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' };
const IN_ATTRIBUTE: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
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
  let literal = '';
  let made = '';
  for (const [i, text] of laidOut.entries()) {
    literal += text;
    made += text;
    if (i >= parts.length) break;
    // Inside a tag, or in the value of an attribute alone, as `optional` makes it.
    const inTag = literal.lastIndexOf('<') > literal.lastIndexOf('>') || literal.endsWith('="');
    made += render(parts[i], inTag ? IN_ATTRIBUTE : IN_TEXT);
  }
  return new Xml(made);
}

/** An attribute that is there only where it has a value; with a space before it. */
export function optional(name: string, value: string | undefined): Xml {
  return value === undefined ? new Xml('') : xml` ${new Xml(name)}="${value}"`;
}

/** An instant as SAML writes it: UTC, to the second. */
export function instant(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

function render(part: Part, entities: Readonly<Record<string, string>>): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Xml) return part.text;
  if (typeof part === 'object') return part.map((one) => render(one, entities)).join('');
  return `${part}`.replaceAll(NOT_XML, '').replace(/[&<>"\t\n\r]/g, (character) => entities[character] ?? character);
}
