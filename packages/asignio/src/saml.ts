/**
 * Asignio as a SAML identity provider, for service providers that redirect to one.
 *
 * @packageDocumentation
 */
export * from '@asignio/saml';
