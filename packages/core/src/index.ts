export type * from './api.ts';
export type * from './governance/api.ts';
export type * from './rights/api.ts';
export { DEFAULT_PROFILES } from './assurance.ts';
export type { AssuranceProfile } from './assurance.ts';
export { NIST_63B4_ATTEMPTS } from './attempts.ts';
export type { AttemptRules } from './attempts.ts';
export type { CoreOptions } from './options.ts';
export { createCore } from './system.ts';
