import type { ModelManifest } from './manifest-types.ts';

/** Made by training/signature/pack.py; not to be edited. */
export const MANIFEST: ModelManifest = {
  name: 'signature-net',
  version: '1.0.0',
  tag: 0x2156aa8c,
  file: {
    name: 'signature-net-1.0.0.f32',
    bytes: 180_096,
    sha256: '2156aa8c92b5622ea3d4c6039f5330b54d13538a7a9fb3c5d09ee788fb73a706',
  },
  shape: { members: 1, inputs: 13, width: 64, outputs: 32, taps: 7, dilations: [1, 2, 4] },
  training: { data: 'synthetic', writers: 17_823, seeds: [1], steps: 5_118 },
  fallback: { name: 'signature-dtw', version: '1.0.0' },
};
