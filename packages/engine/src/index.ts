/**
 * The biometric engine: a pool of workers that compare samples with references, and the format in which both are sealed.
 *
 * @packageDocumentation
 */
export { createEngine } from './engine.ts';
export { decodeSvc2004 } from './modality/signature/preprocess/svc2004.ts';
export { SIGNATURE_MODELS } from './options.ts';
export type { EngineOptions, SignatureModel } from './options.ts';
export { open, seal, sealAad } from './seal.ts';
export type { SealContext, SealKind } from './seal.ts';
