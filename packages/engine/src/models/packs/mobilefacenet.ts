import type { FacePack, ModelFile } from '../manifest-types.ts';
import { ARCFACE_TEMPLATE } from './arcface-template.ts';
import { LANDMARKS68 } from './npm-files.ts';

const YUNET_DYNAMIC: ModelFile = {
  name: 'yunet_n_dynamic',
  sha256: '104ee26c71d5c270ce79a6b3dced91c91013260d29a6bf18f9296c5b8c4c2b12',
  bytes: 322_906,
  licence: 'Apache-2.0',
  source: {
    url: 'https://raw.githubusercontent.com/ShiqiYu/libfacedetection.train/master/onnx/yunet_n_dynamic.onnx',
  },
};

const MOBILEFACENET: ModelFile = {
  name: 'mobilefacenet_foamliu_112',
  sha256: 'b7120c095d60094f28a4a54ba6a8bf51b297a6273fb40ef6350dfec1f63d9507',
  bytes: 3_998_070,
  licence: 'Apache-2.0; trained on MS1M-refined',
  source: { by: 'Export the weights of github.com/foamliu/MobileFaceNet to ONNX, and hand the file in with --from' },
};

const MINIFASNET_V2: ModelFile = {
  name: '2.7_80x80_MiniFASNetV2',
  sha256: 'c8af86ea9110e65d1c2e7c4b81d0eb9e80825afd2388a4edf3ac61fb3b5fa7e3',
  bytes: 1_744_201,
  licence: 'Apache-2.0',
  source: {
    by: 'Export the weights of github.com/minivision-ai/Silent-Face-Anti-Spoofing to ONNX, and hand the file in',
  },
};

const MINIFASNET_V1SE: ModelFile = {
  ...MINIFASNET_V2,
  name: '4_0_0_80x80_MiniFASNetV1SE',
  sha256: 'e4f00748e5016923bcdb6dd77ea9ae2e081746e1be0ff8d56c85ab4e0b9e0a44',
  bytes: 1_743_369,
};

/** YuNet, MobileFaceNet and two MiniFASNet: small networks, a stronger embedding than the npm pack's, and passive PAD. */
export const MOBILEFACENET_PACK: FacePack = {
  format: 'asignio-face-pack/1',
  name: 'mobilefacenet',
  version: '1.0.0',
  note: 'Tested here with the files of these hashes.',
  files: {
    detector: YUNET_DYNAMIC,
    landmarks: LANDMARKS68,
    embedder: MOBILEFACENET,
    pad27: MINIFASNET_V2,
    pad40: MINIFASNET_V1SE,
  },
  detector: { kind: 'yunet', file: 'detector', side: 320, fixed: false, score: 0.6 },
  landmarks: { kind: 'face68', file: 'landmarks' },
  aligner: { points: 'detected5', template: ARCFACE_TEMPLATE },
  embedder: {
    file: 'embedder',
    output: 'output0',
    dimensions: 128,
    side: 112,
    colour: 'rgb',
    mean: [123.675, 116.28, 103.53],
    std: [58.395, 57.12, 57.375],
  },
  pad: {
    kind: 'minifasnet',
    members: [
      { file: 'pad27', scale: 2.7 },
      { file: 'pad40', scale: 4 },
    ],
    threshold: 0.5,
  },
  calibration: {
    mated: { mean: 0.69, deviation: 0.162 },
    nonMated: { mean: -0.004, deviation: 0.11 },
    limit: Math.log(100_000),
    provenance:
      'Two normal distributions through the operating points that are published for these networks (false match rates 1e-3, 1e-4 and 1e-5 at cosines 0.336, 0.405 and 0.466; 3.9 and 8.3 % of mated comparisons fail at the last two); fitted to no images here.',
  },
  measured: [
    {
      protocol: 'LFW view 2, folds 1-2, one picture enrolled',
      eer: 0.005,
      fnmr: { '1e-2': 0.0033 },
      mated: 598,
      nonMated: 600,
    },
    {
      protocol: 'LFW, all pairs of the pictures of folds 1-2',
      fnmr: { '1e-2': 0.0061, '1e-3': 0.0218, '1e-4': 0.0472, '1e-5': 0.0873 },
      mated: 1971,
      nonMated: 1247019,
    },
    {
      protocol: 'ORL, three pictures enrolled',
      eer: 0,
      fnmr: { '1e-2': 0 },
      mated: 272,
      nonMated: 2963,
    },
  ],
};
