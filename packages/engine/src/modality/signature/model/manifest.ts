import type { ModelManifest } from './manifest-types.ts';

/** Made by training/signature/pack.py; not to be edited. */
export const MANIFEST: ModelManifest = {
  name: 'signature-net',
  version: '1.1.0',
  tag: 0x6421e46f,
  file: {
    name: 'signature-net-1.1.0.f32',
    bytes: 180_096,
    sha256: '6421e46fe1ab1e5257373b6cbb6a7399cfa37725c12b99b04fa6c32e0353bea9',
  },
  shape: { members: 1, inputs: 13, width: 64, outputs: 32, taps: 7, dilations: [1, 2, 4] },
  training: { data: 'synthetic', writers: 48_278, seeds: [1], steps: 11_131 },
  fallback: { name: 'signature-dtw', version: '1.0.0' },
};
