/** Signature methods that are taken, with their digest in node:crypto; nothing with SHA-1, nothing with a shared key. */
export const SIGNATURE_METHODS: ReadonlyMap<string, { readonly hash: string; readonly key: 'rsa' | 'ec' }> = new Map([
  ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', { hash: 'sha256', key: 'rsa' }],
  ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha512', { hash: 'sha512', key: 'rsa' }],
]);

export const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
export const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
export const DIGESTS: ReadonlySet<string> = new Set([SHA256, 'http://www.w3.org/2001/04/xmlenc#sha512']);
export const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
export const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';
