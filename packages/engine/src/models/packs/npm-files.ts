import type { ModelFile } from '../manifest-types.ts';

/** Networks that are built of weights inside npm packages; the hashes are of what the builder writes. */
export const BLAZEFACE: ModelFile = {
  name: 'blazeface',
  sha256: 'ca3f77e3c04bdd7020312b009a884fb28561f8c44788e353ee083fcc10403794',
  bytes: 548_742,
  licence: 'Apache-2.0 (MediaPipe); packaged under MIT',
  source: { npm: '@vladmandic/human', version: '3.3.6', build: 'blazeface' },
};

export const LANDMARKS68: ModelFile = {
  name: 'landmarks68',
  sha256: 'ed19582ed15068eebe9d47788e647c27691105a87a0b3925b1ec7d4963349019',
  bytes: 1_430_961,
  licence: 'MIT',
  source: { npm: '@vladmandic/face-api', version: '1.7.15', build: 'landmarks68' },
};

export const RECOGNITION: ModelFile = {
  name: 'recognition',
  sha256: '7bc9b8b9c2114d759cc07d28f806ecce6c5a32317cd1df27e785f02ec754876f',
  bytes: 22_435_049,
  licence: 'CC0-1.0 (dlib); packaged under MIT',
  source: { npm: '@vladmandic/face-api', version: '1.7.15', build: 'recognition' },
};
