import { NS } from './names.ts';
import { Refused } from './refused.ts';

type Namespace = keyof typeof NS;

const ELEMENT = 1;

/** Whether an element is the one of this name, its namespace included. */
export function isNamed(element: Element, namespace: Namespace, name: string): boolean {
  return element.namespaceURI === NS[namespace] && element.localName === name;
}

/** The elements directly in another. */
export function elementsIn(parent: Element): readonly Element[] {
  const found: Element[] = [];
  for (let node: Node | null = parent.firstChild; node !== null; node = node.nextSibling)
    if (node.nodeType === ELEMENT) found.push(node as Element);
  return found;
}

/** Children of a name. */
export function children(parent: Element, namespace: Namespace, name: string): readonly Element[] {
  return elementsIn(parent).filter((element) => isNamed(element, namespace, name));
}

/**
 * The child of a name, if there is one.
 * @throws Refused where there are several.
 */
export function child(parent: Element, namespace: Namespace, name: string): Element | undefined {
  const [first, ...more] = children(parent, namespace, name);
  if (more.length > 0) throw new Refused('xml', `There is more than one ${name}`);
  return first;
}

/** The value of an attribute without a namespace; `undefined` where it is not there. */
export function attribute(element: Element, name: string): string | undefined {
  return element.hasAttribute(name) ? (element.getAttribute(name) ?? undefined) : undefined;
}

/**
 * The whole text of an element, without the white space around it.
 * @throws Refused where it holds elements.
 */
export function textOf(element: Element): string {
  if (elementsIn(element).length > 0) throw new Refused('xml', `${element.localName} must hold text alone`);
  return (element.textContent ?? '').trim();
}

/**
 * An `xs:boolean`.
 * @throws Refused for anything else.
 */
export function booleanOf(value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined;
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw new Refused('xml', 'What must be true or false is neither');
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/**
 * An instant in UTC (SAML 2.0 Core, 1.3.3), ms since the epoch.
 * @throws Refused for anything else.
 */
export function instantOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const at = INSTANT.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at)) throw new Refused('xml', 'An instant is not in UTC');
  return at;
}
