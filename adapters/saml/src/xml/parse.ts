import { DOMParser } from '@xmldom/xmldom';
import { Refused } from './refused.ts';

/** How large a document may be; ours, an order of magnitude above what real ones are. */
export interface XmlLimits {
  /** UTF-16 units. */
  readonly characters: number;
  readonly elements: number;
  readonly depth: number;
}

export const MESSAGE_LIMITS: XmlLimits = { characters: 128 * 1024, elements: 2000, depth: 50 };
export const METADATA_LIMITS: XmlLimits = { characters: 1024 * 1024, elements: 10_000, depth: 50 };

/** `<!` begins a comment, CDATA or a declaration, and a declaration is where entities come from. */
const DECLARATION = /<!(?!--|\[CDATA\[)/;
const MARKUP = /<!--|<!\[CDATA\[|<\?(?!xml )/;
/** Characters that XML 1.0 does not have; the parser would let them through. */
// eslint-disable-next-line no-control-regex
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/u;
const ELEMENT = 1;
const ID_NAMES = new Set(['ID', 'Id', 'id']);

/**
 * Parses XML from outside, with the parser that verifies signatures too: what is checked and what is read are one tree.
 *
 * Refused before the parser sees it: a DOCTYPE (and so every entity), and in a message comments, CDATA and processing
 * instructions, at which other readers cut a text short. Refused after: what the parser had to guess at, two elements of one
 * ID, more than the limits.
 * @throws Refused
 */
export function parseXml(text: string, limits: XmlLimits = MESSAGE_LIMITS): Element {
  const message = limits === MESSAGE_LIMITS;
  if (text.length > limits.characters) throw new Refused('size', 'The XML is too large');
  if (DECLARATION.test(text)) throw new Refused('doctype', 'The XML has a DOCTYPE or another declaration');
  if (message && MARKUP.test(text)) throw new Refused('markup', 'The XML has comments, CDATA or instructions');
  if (NOT_XML.test(text)) throw new Refused('characters', 'The XML has characters that XML does not have');
  return checked(parse(text), limits);
}

function parse(text: string): Element {
  let root: Element | null;
  try {
    const document = new DOMParser({
      errorHandler: { warning: fail, error: fail, fatalError: fail },
    }).parseFromString(text, 'text/xml') as unknown as Document | undefined;
    root = document?.documentElement ?? null;
    const roots = [...nodes(document)].filter(({ nodeType }) => nodeType === ELEMENT);
    if (roots.length !== 1) fail();
  } catch (error) {
    if (error instanceof Refused) throw error;
    return fail();
  }
  return root ?? fail();
}

function fail(): never {
  throw new Refused('xml', 'The XML is not well-formed');
}

function checked(root: Element, limits: XmlLimits): Element {
  const ids = new Set<string>();
  const waiting: [Element, number][] = [[root, 1]];
  let elements = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [element, depth] = next;
    if (++elements > limits.elements || depth > limits.depth) throw new Refused('size', 'The XML is too large');
    for (let i = 0; i < element.attributes.length; i++) {
      const attribute = element.attributes.item(i);
      if (attribute === null || !ID_NAMES.has(attribute.localName ?? attribute.name)) continue;
      if (ids.has(attribute.value)) throw new Refused('id', 'Two elements have one ID');
      ids.add(attribute.value);
    }
    for (const child of nodes(element)) if (child.nodeType === ELEMENT) waiting.push([child as Element, depth + 1]);
  }
  return root;
}

function* nodes(parent: Node | undefined): Generator<Node> {
  for (let node = parent?.firstChild ?? null; node !== null; node = node.nextSibling) yield node;
}
