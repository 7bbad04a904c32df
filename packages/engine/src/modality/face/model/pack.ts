import { AsignioError } from '@asignio/contracts';
import { readModel } from '../../../models/folder.ts';
import type { FacePack } from '../../../models/manifest-types.ts';
import { blazefaceDetector } from './detectors/blazeface.ts';
import type { Detector } from './detectors/detector.ts';
import { yunetDetector } from './detectors/yunet.ts';
import { embedderOf } from './embedder.ts';
import type { Embedder } from './embedder.ts';
import { landmarkFinder } from './landmarks.ts';
import type { LandmarkFinder } from './landmarks.ts';
import { loadNetwork } from './network.ts';
import { passivePad } from './passive.ts';
import type { PassivePad } from './passive.ts';

/** The networks of a pack, ready to run. */
export interface FaceNetworks {
  readonly detect: Detector;
  readonly landmarks: LandmarkFinder;
  readonly embed: Embedder;
  /** Absent where the pack has no passive PAD. */
  readonly pad?: PassivePad;
}

/**
 * Reads the files of a pack, verifies each against its manifest, and loads them.
 * @throws AsignioError `ASIGNIO_MODEL_MISSING`, `ASIGNIO_MODEL_INVALID`.
 */
export async function openPack(pack: FacePack, folder: string): Promise<FaceNetworks> {
  const network = async (id: string) => {
    const file = pack.files[id];
    if (file === undefined) throw new AsignioError('ASIGNIO_MODEL_INVALID', `The pack ${pack.name} has no file ${id}`);
    return loadNetwork(await readModel(folder, file), file.name);
  };
  const { detector, landmarks, embedder, pad } = pack;
  const detecting = await network(detector.file);
  const members = [];
  for (const { file, scale } of pad?.members ?? []) members.push({ network: await network(file), scale });
  return {
    detect: detector.kind === 'blazeface' ? blazefaceDetector(detecting) : yunetDetector(detecting, detector),
    landmarks: landmarkFinder(await network(landmarks.file)),
    embed: embedderOf(await network(embedder.file), embedder),
    ...(pad === undefined ? {} : { pad: passivePad(members) }),
  };
}
