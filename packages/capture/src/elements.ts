/**
 * The components, for pages with a bundler of their own. Needs a browser: importing it elsewhere throws.
 * @packageDocumentation
 */
export { AsignioCeremony } from './elements/ceremony.ts';
export type { DoneEventDetail, RefusedEventDetail } from './elements/ceremony.ts';
export { AsignioConsent } from './elements/consent.ts';
export type { ConsentedEventDetail } from './elements/consent.ts';
export { AsignioData } from './elements/data.ts';
export { AsignioDecisions } from './elements/decisions.ts';
export { AsignioFace } from './elements/face/face.ts';
export type { AnswerEventDetail } from './elements/face/face.ts';
export { AsignioRequests } from './elements/requests.ts';
export { AsignioRights } from './elements/rights.ts';
export { AsignioSign } from './elements/sign.ts';
export type { SampleEventDetail } from './elements/sign.ts';
export { defineElements } from './elements/register.ts';
