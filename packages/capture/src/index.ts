/**
 * What the components are made of, without the DOM: recording, quality, ink, ceremonies over HTTP, sentences. The
 * components are in `@asignio/capture/elements`, bundled in `@asignio/capture/browser/asignio.js`.
 * @packageDocumentation
 */
export { AsignioClient } from './client/client.ts';
export type * from './client/client.ts';
export { RightsClient } from './client/rights.ts';
export type * from './client/rights.ts';
export type { Fetch } from './client/transport.ts';
export { CeremonyRun } from './client/ceremony.ts';
export type { CeremonyCalls, CeremonyStep, Wait } from './client/ceremony.ts';
export { ConnectionError, ProblemError } from './client/problem.ts';
export type { Finding } from './client/problem.ts';
export { SIGNATURE_LIMITS, SIGNATURE_MEDIA_TYPE } from './sample/format.ts';
export type { PointerType, SignatureSample } from './sample/format.ts';
export { SignatureRecorder, pointerTypeOf } from './sample/recorder.ts';
export type { Frame, InkPoint, PointerPosition } from './sample/recorder.ts';
export { LOCAL_QUALITY, assessSample } from './sample/quality.ts';
export type { LocalFinding } from './sample/quality.ts';
export { CATALOGUE, addLanguage } from './words/all.ts';
export type { Word } from './words/all.ts';
export { Words } from './words/catalogue.ts';
export type { Catalogue } from './words/catalogue.ts';
