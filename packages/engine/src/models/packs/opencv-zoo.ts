import type { FacePack, ModelFile } from '../manifest-types.ts';
import { ARCFACE_TEMPLATE } from './arcface-template.ts';
import { LANDMARKS68 } from './npm-files.ts';

// Git LFS files of opencv_zoo at one commit; the hashes stand in their pointers.
const ZOO =
  'https://media.githubusercontent.com/media/opencv/opencv_zoo/47534e27c9851bb1128ccc0102f1145e27f23f98/models';

const YUNET: ModelFile = {
  name: 'face_detection_yunet_2023mar',
  sha256: '8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4',
  bytes: 232_589,
  licence: 'MIT',
  source: { url: `${ZOO}/face_detection_yunet/face_detection_yunet_2023mar.onnx` },
};

const SFACE: ModelFile = {
  name: 'face_recognition_sface_2021dec',
  sha256: '0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79',
  bytes: 38_696_353,
  licence: 'Apache-2.0',
  source: { url: `${ZOO}/face_recognition_sface/face_recognition_sface_2021dec.onnx` },
};

/** OpenCV's own pair: YuNet and SFace. */
export const OPENCV_ZOO_PACK: FacePack = {
  format: 'asignio-face-pack/1',
  name: 'opencv-zoo',
  version: '1.0.0',
  note: 'Never run here as a whole: the detector was, SFace was not to be had. Measure it on data of your own before you rely on it.',
  files: { detector: YUNET, landmarks: LANDMARKS68, embedder: SFACE },
  detector: { kind: 'yunet', file: 'detector', side: 640, fixed: true, score: 0.6 },
  landmarks: { kind: 'face68', file: 'landmarks' },
  aligner: { points: 'detected5', template: ARCFACE_TEMPLATE },
  embedder: {
    file: 'embedder',
    output: 'fc1',
    dimensions: 128,
    side: 112,
    colour: 'rgb',
    mean: [0, 0, 0],
    std: [1, 1, 1],
  },
  calibration: {
    // Normal distributions that meet, at equal error, at the cosine that OpenCV publishes, as wide as MobileFaceNet's.
    mated: { mean: 0.7, deviation: 0.16 },
    nonMated: { mean: 0.02, deviation: 0.135 },
    limit: Math.log(1000),
    provenance:
      'Assumed, not measured: OpenCV publishes one operating point (cosine 0.363, accuracy 99.6 % on LFW); the two normal distributions are about it. Calibrate before use.',
  },
  measured: [],
};
