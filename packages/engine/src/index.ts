/**
 * The biometric engine: a pool of workers that compare samples with references, and the format in which both are sealed.
 *
 * @packageDocumentation
 */
export { createEngine } from './engine.ts';
export { decodePgm } from './modality/face/preprocess/pgm.ts';
export { decodeSvc2004 } from './modality/signature/preprocess/svc2004.ts';
export { defaultModelsFolder, modelPath, putModel, readModel, sha256Of } from './models/folder.ts';
export { checkFacePack } from './models/manifest.ts';
export type { FacePack, ModelFile } from './models/manifest-types.ts';
export { FACE_PACKS } from './models/packs/index.ts';
export { ENGINE_MODALITIES, SIGNATURE_MODELS } from './options.ts';
export type { EngineModality, EngineOptions, SignatureModel } from './options.ts';
export { open, seal, sealAad } from './seal.ts';
export type { SealContext, SealKind } from './seal.ts';
