/** Namespaces of the documents that are read and written here. */
export const NS = {
  protocol: 'urn:oasis:names:tc:SAML:2.0:protocol',
  assertion: 'urn:oasis:names:tc:SAML:2.0:assertion',
  metadata: 'urn:oasis:names:tc:SAML:2.0:metadata',
  signature: 'http://www.w3.org/2000/09/xmldsig#',
  encryption: 'http://www.w3.org/2001/04/xmlenc#',
  encryption11: 'http://www.w3.org/2009/xmlenc11#',
} as const;

/** How messages travel (SAML 2.0 Bindings). */
export const BINDING = {
  redirect: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
  post: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
} as const;

/** How a person is named (SAML 2.0 Core, 8.3). */
export const NAME_ID = {
  persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  transient: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
  email: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  unspecified: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  entity: 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity',
} as const;

const STATUS_PREFIX = 'urn:oasis:names:tc:SAML:2.0:status:';

/** What became of a request (SAML 2.0 Core, 3.2.2.2): top-level code and the one under it. */
export const STATUS = {
  authnFailed: ['Responder', 'AuthnFailed'],
  noAuthnContext: ['Responder', 'NoAuthnContext'],
  noPassive: ['Responder', 'NoPassive'],
  requestDenied: ['Responder', 'RequestDenied'],
  invalidNameIdPolicy: ['Requester', 'InvalidNameIDPolicy'],
  requestUnsupported: ['Requester', 'RequestUnsupported'],
} as const;

/** Why a request is answered without an assertion. */
export type Refusal = keyof typeof STATUS;

export const SUCCESS = `${STATUS_PREFIX}Success`;

/** The two codes of a refusal, as URIs. */
export function statusCodes(refusal: Refusal): readonly [string, string] {
  const [top, under] = STATUS[refusal];
  return [`${STATUS_PREFIX}${top}`, `${STATUS_PREFIX}${under}`];
}
