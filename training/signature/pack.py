"""Write networks as the engine reads them: weights as plain 32-bit floats, and the manifest that names them.

    python pack.py --net build/net.pt [more.pt ...] --version 1.0.0

Members of the same shape become one model: each reads the same channels, their vectors stand one after the other.
"""
import argparse
import hashlib
import os

import numpy as np
import torch

from evaluate import load_net

ENGINE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../packages/engine')
MANIFEST = '''import type {{ ModelManifest }} from './manifest-types.ts';

/** Made by training/signature/pack.py; not to be edited. */
export const MANIFEST: ModelManifest = {{
  name: 'signature-net',
  version: '{version}',
  tag: 0x{tag},
  file: {{
    name: '{name}',
    bytes: {bytes},
    sha256: '{sha256}',
  }},
  shape: {{ members: {members}, inputs: {inputs}, width: {width}, outputs: {outputs}, taps: 7, dilations: [{dilations}] }},
  training: {{ data: 'synthetic', writers: {writers}, seeds: [{seeds}], steps: {steps} }},
  fallback: {{ name: 'signature-dtw', version: '1.0.0' }},
}};
'''


def main():
    a = argparse.ArgumentParser()
    a.add_argument('--net', nargs='+', required=True)
    a.add_argument('--version', required=True)
    a.add_argument('--out', default=ENGINE, help="the engine's folder")
    g = a.parse_args()
    nets, cks = [load_net(p)[0] for p in g.net], [torch.load(p) for p in g.net]
    first = nets[0]
    parts = []
    for net in nets:
        assert (net.width, net.out, net.dil, net.ch) == (first.width, first.out, first.dil, first.ch)
        for c in [net.inp, *net.res, net.lin]:
            parts += [c.weight.detach().numpy().ravel(), c.bias.detach().numpy()]
    data = np.concatenate(parts).astype('<f4').tobytes()
    sha = hashlib.sha256(data).hexdigest()
    name = f'signature-net-{g.version}.f32'
    os.makedirs(os.path.join(g.out, 'models'), exist_ok=True)
    open(os.path.join(g.out, 'models', name), 'wb').write(data)
    text = MANIFEST.format(version=g.version, tag=sha[:8], name=name, bytes=f'{len(data):_}', sha256=sha, members=len(nets), inputs=first.ch,
                           width=first.width, outputs=first.out, dilations=', '.join(map(str, first.dil)), writers=f"{sum(c['writers'] for c in cks):_}",
                           seeds=', '.join(str(c['seed']) for c in cks), steps=f"{sum(c['steps'] for c in cks):_}")
    folder = os.path.join(g.out, 'src/modality/signature/model')
    os.makedirs(folder, exist_ok=True)
    open(os.path.join(folder, 'manifest.ts'), 'w').write(text)
    print(name, len(data), sha)


if __name__ == '__main__':
    main()
