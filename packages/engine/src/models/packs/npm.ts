import type { FacePack } from '../manifest-types.ts';
import { BLAZEFACE, LANDMARKS68, RECOGNITION } from './npm-files.ts';

/**
 * Where dlib's 33 points come to lie in its chip of 150 px with a border of a quarter: `150 * (0.25 + p) / 1.5`, `p` the mean
 * face of `dlib/image_transforms/interpolation.h` (Boost Software License), nose first, then eyes, then mouth.
 */
const MEAN_FACE = [
  [0.490127, 0.203352],
  [0.490127, 0.307009],
  [0.490127, 0.409805],
  [0.490127, 0.515625],
  [0.36688, 0.587326],
  [0.426036, 0.609345],
  [0.490127, 0.628106],
  [0.554217, 0.609345],
  [0.613373, 0.587326],
  [0.121737, 0.216423],
  [0.187122, 0.178745],
  [0.265825, 0.179852],
  [0.334606, 0.231733],
  [0.260918, 0.245099],
  [0.182743, 0.244077],
  [0.645647, 0.231733],
  [0.714428, 0.179852],
  [0.793132, 0.178745],
  [0.858516, 0.216423],
  [0.79751, 0.244077],
  [0.719335, 0.245099],
  [0.254149, 0.780233],
  [0.340985, 0.745405],
  [0.428858, 0.727388],
  [0.490127, 0.742578],
  [0.551395, 0.727388],
  [0.639268, 0.745405],
  [0.726104, 0.780233],
  [0.338094, 0.784792],
  [0.428096, 0.778746],
  [0.490127, 0.785343],
  [0.552157, 0.778746],
  [0.689874, 0.784792],
] as const;

/** The pack that needs no download: three networks inside npm packages on which the engine depends. */
export const NPM_PACK: FacePack = {
  format: 'asignio-face-pack/1',
  name: 'npm',
  version: '1.0.0',
  note: 'Tested here. It carries a false match rate of 1e-3; who needs 1e-4 takes a stronger pack.',
  files: { detector: BLAZEFACE, landmarks: LANDMARKS68, embedder: RECOGNITION },
  detector: { kind: 'blazeface', file: 'detector' },
  landmarks: { kind: 'face68', file: 'landmarks' },
  aligner: { points: 'dlib33', template: MEAN_FACE.map(([x, y]) => [100 * (0.25 + x), 100 * (0.25 + y)] as const) },
  embedder: {
    file: 'embedder',
    output: 'y',
    dimensions: 128,
    side: 150,
    colour: 'rgb',
    mean: [0, 0, 0],
    std: [1, 1, 1],
  },
  calibration: {
    mated: { mean: 0.9601, deviation: 0.0194 },
    nonMated: { mean: 0.8602, deviation: 0.0223 },
    limit: Math.log(10_000),
    provenance:
      'Two normal distributions through the operating points that are published for these networks (false match rates 1e-3 and 1e-4 at cosines 0.929 and 0.943, where 5.5 and 19 % of mated comparisons fail); fitted to no images here.',
  },
  measured: [
    {
      protocol: 'LFW view 2, folds 1-2, one picture enrolled',
      eer: 0.0083,
      fnmr: { '1e-2': 0.0067 },
      mated: 600,
      nonMated: 600,
    },
    {
      protocol: 'LFW, all pairs of the pictures of folds 1-2',
      fnmr: { '1e-2': 0.0086, '1e-3': 0.0689, '1e-4': 0.1906, '1e-5': 0.3877 },
      mated: 1973,
      nonMated: 1250180,
    },
    {
      protocol: 'ORL, three pictures enrolled',
      eer: 0.0007,
      fnmr: { '1e-2': 0 },
      mated: 273,
      nonMated: 2964,
    },
  ],
};
