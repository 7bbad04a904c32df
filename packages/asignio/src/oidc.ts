/**
 * Asignio as an OpenID provider, for identity stacks that redirect to one.
 *
 * @packageDocumentation
 */
export * from '@asignio/oidc';
