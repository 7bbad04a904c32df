import type { FacePack } from '../manifest-types.ts';
import { MOBILEFACENET_PACK } from './mobilefacenet.ts';
import { NPM_PACK } from './npm.ts';
import { OPENCV_ZOO_PACK } from './opencv-zoo.ts';

/** The packs whose manifests are part of the engine; the first is the default. */
export const FACE_PACKS: readonly FacePack[] = [NPM_PACK, MOBILEFACENET_PACK, OPENCV_ZOO_PACK];
