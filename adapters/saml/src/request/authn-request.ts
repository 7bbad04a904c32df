import { BINDING, NAME_ID } from '../xml/names.ts';
import { attribute, booleanOf, child, children, instantOf, isNamed, textOf } from '../xml/read.ts';
import { Refused } from '../xml/refused.ts';

/** How the contexts of a request are meant (SAML 2.0 Core, 3.3.2.2.1). */
export const COMPARISONS = ['exact', 'minimum', 'maximum', 'better'] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** What a request says of authentication contexts. */
export interface RequestedContext {
  readonly comparison: Comparison;
  /** Class references, the most wanted first. */
  readonly classes: readonly string[];
  /** Declarations were asked for: nobody here has any. */
  readonly declarations: boolean;
}

/** An `AuthnRequest`, read; nothing about it is checked against anything yet. */
export interface AuthnRequest {
  readonly id: string;
  readonly issuer: string;
  readonly issuedAt: number;
  readonly destination: string | undefined;
  readonly forceAuthn: boolean;
  readonly isPassive: boolean;
  readonly consumerUrl: string | undefined;
  readonly consumerIndex: number | undefined;
  readonly protocolBinding: string | undefined;
  readonly nameIdFormat: string | undefined;
  readonly nameIdQualifier: string | undefined;
  readonly context: RequestedContext | undefined;
  /** The name of who must be the one, as this service provider knows them. */
  readonly expected: string | undefined;
  /** It asks for something that cannot be honoured: conditions on the assertion. */
  readonly unsupported: boolean;
}

/** An `xs:ID` of a length that is kept. */
const ID = /^[A-Za-z_][A-Za-z0-9._-]{0,255}$/;
const MOST_CLASSES = 20;
const LONGEST_URI = 1024;

/**
 * Reads an `AuthnRequest` (SAML 2.0 Core, 3.4.1).
 * @throws Refused
 */
export function readAuthnRequest(root: Element): AuthnRequest {
  if (!isNamed(root, 'protocol', 'AuthnRequest')) throw new Refused('message', 'It is no AuthnRequest');
  const id = attribute(root, 'ID') ?? '';
  if (!ID.test(id)) throw new Refused('id', 'The ID is missing, too long, or no ID');
  if (attribute(root, 'Version') !== '2.0') throw new Refused('version', 'It is not of SAML 2.0');
  const issuedAt = instantOf(attribute(root, 'IssueInstant'));
  if (issuedAt === undefined) throw new Refused('xml', 'IssueInstant is missing');
  const policy = child(root, 'protocol', 'NameIDPolicy');
  return {
    id,
    issuer: issuerOf(root),
    issuedAt,
    destination: attribute(root, 'Destination'),
    forceAuthn: booleanOf(attribute(root, 'ForceAuthn')) ?? false,
    isPassive: booleanOf(attribute(root, 'IsPassive')) ?? false,
    consumerUrl: attribute(root, 'AssertionConsumerServiceURL'),
    consumerIndex: indexOf(attribute(root, 'AssertionConsumerServiceIndex')),
    protocolBinding: attribute(root, 'ProtocolBinding'),
    nameIdFormat: policy === undefined ? undefined : attribute(policy, 'Format'),
    nameIdQualifier: policy === undefined ? undefined : attribute(policy, 'SPNameQualifier'),
    context: contextOf(root),
    expected: expectedOf(root),
    unsupported: child(root, 'assertion', 'Conditions') !== undefined,
  };
}

/**
 * The entity that sent a message.
 * @throws Refused
 */
export function issuerOf(root: Element): string {
  const issuer = child(root, 'assertion', 'Issuer');
  if (issuer === undefined) throw new Refused('issuer', 'The Issuer is missing');
  if ((attribute(issuer, 'Format') ?? NAME_ID.entity) !== NAME_ID.entity)
    throw new Refused('issuer', 'The Issuer is no entity');
  const entityId = textOf(issuer);
  if (entityId === '' || entityId.length > LONGEST_URI) throw new Refused('issuer', 'The Issuer is missing');
  return entityId;
}

function indexOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d{1,5}$/.test(value)) throw new Refused('xml', 'AssertionConsumerServiceIndex is no index');
  return Number(value);
}

function contextOf(root: Element): RequestedContext | undefined {
  const element = child(root, 'protocol', 'RequestedAuthnContext');
  if (element === undefined) return undefined;
  const comparison = attribute(element, 'Comparison') ?? 'exact';
  if (!COMPARISONS.includes(comparison as Comparison)) throw new Refused('xml', 'Comparison is none that there is');
  const classes = children(element, 'assertion', 'AuthnContextClassRef').map(textOf);
  const declarations = children(element, 'assertion', 'AuthnContextDeclRef').length > 0;
  if (classes.length > MOST_CLASSES || (classes.length === 0 && !declarations))
    throw new Refused('xml', 'RequestedAuthnContext names none, or too many');
  return { comparison: comparison as Comparison, classes, declarations };
}

function expectedOf(root: Element): string | undefined {
  const subject = child(root, 'assertion', 'Subject');
  if (subject === undefined) return undefined;
  const nameId = child(subject, 'assertion', 'NameID');
  // SAML 2.0 Core, 3.4.1: a request has no SubjectConfirmation that could be honoured here.
  if (nameId === undefined || child(subject, 'assertion', 'SubjectConfirmation') !== undefined)
    throw new Refused('subject', 'The Subject is not a NameID alone');
  return textOf(nameId);
}

/** Whether an answer by POST is what a request asks for, or leaves open. */
export function answersByPost({ protocolBinding }: Pick<AuthnRequest, 'protocolBinding'>): boolean {
  return (protocolBinding ?? BINDING.post) === BINDING.post;
}
