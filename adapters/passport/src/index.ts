declare module 'passport' {
  interface AuthenticateOptions {
    /** Of the strategy `asignio`: somebody is signed in already, and proves it afresh. */
    stepUp?: boolean;
  }
}

export { requireAssurance } from './assurance.ts';
export type { RequireAssuranceOptions } from './assurance.ts';
export type { AsignioAuthenticateOptions, AsignioStrategyOptions, SubjectOf } from './options.ts';
export { rememberedProof } from './proof.ts';
export type { AsignioAuthInfo, RememberedProof } from './proof.ts';
export { AsignioStrategy } from './strategy.ts';
export type { AsignioFailure } from './strategy.ts';
