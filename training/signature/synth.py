"""Held-back synthetic people: measuring, choosing and calibrating happen here, never on real signatures.

    python synth.py --net build/net.pt --people 300 --first 5000000 [--testkit testkit.jsonl]
"""
import argparse
import os

os.environ.setdefault('OMP_NUM_THREADS', '1')
import numpy as np
import torch

import data
from classical import fuse, local
from evaluate import System, alone, load_net, run, untrained
from metrics import eer, fnmr_at
from model import encode
from prep import features

torch.set_num_threads(1)


def people(n, first):
    """n people of seeds first, first+1, ...: raw signatures by name, and for each person the names by kind."""
    seqs, who = {}, []
    for k in range(n):
        data.seed(first + k)
        p = data.person(10, 5, 5, 4, 3, 3, keep_raw=True)
        w = dict(sess=p['sess'])
        for kind in ('gen', 'forg', 'sib'):
            w[kind] = []
            for i, r in enumerate(p[kind]):
                name = f'{k:05d}{kind}{i:02d}'
                seqs[name] = r
                w[kind].append(name)
        who.append(w)
    return seqs, who


def testkit(path, kinds=('stylus', 'finger', 'mouse')):
    """People of the other generator (testkit.mjs wrote them), in the shape of people()."""
    seqs, who = {}, []
    for k, p in enumerate(data.lines(path, kinds)):
        w = dict(sess=p['sess'])
        for kind in ('gen', 'forg'):
            w[kind] = [f'{k:05d}{kind}{i:02d}' for i in range(len(p[kind]))]
            seqs.update(zip(w[kind], p[kind]))
        who.append(w)
    for k, w in enumerate(who):
        w['sib'] = who[(k + 1) % len(who)]['gen'][:2]
    return seqs, who


def trials(who, K=5, draws=2, seed=7, proto='p2', rnd=16):
    """Models and trials as evaluate.run takes them. p1: references from the first sitting; p2: from any."""
    rng = np.random.default_rng(seed)
    models, tr = {}, {}
    for k, w in enumerate(who):
        for d in range(draws):
            n = len(w['gen'])
            idx = rng.permutation(n) if proto == 'p2' else np.concatenate([rng.permutation(np.flatnonzero(w['sess'] == 0)),
                                                                           np.flatnonzero(w['sess'] > 0)])
            m = f'{k}.{d}'
            models[m] = [w['gen'][i] for i in idx[:K]]
            t = [(w['gen'][i], 'genuine') for i in idx[K:]]
            t += [(f, 'skilled') for f in w['forg']] + [(f, 'sibling') for f in w['sib']]
            for j in rng.integers(0, len(who), rnd):
                if j != k:
                    o = who[j]['gen']
                    t.append((o[rng.integers(len(o))], 'random'))
            tr[m] = t
    return models, tr


def encoder(net, press):
    def f(r):
        with torch.no_grad():
            return encode(net, [features(r, press)])[0].numpy()[12:-12]
    return f


def parts(out):
    s = np.concatenate([v[0] for v in out.values()])
    k = np.array(sum([v[1] for v in out.values()], []))
    return {n: s[k == n] for n in ('genuine', 'skilled', 'sibling', 'random')}


def line(name, out):
    p = parts(out)
    g = p['genuine']
    return (f'{name:36s} skilled {eer(g, p["skilled"]):5.2f} sibling {eer(g, p["sibling"]):5.2f} random {eer(g, p["random"]):5.2f} '
            f'fnmr@fmr1% {fnmr_at(g, p["skilled"], .01):5.1f}')


def main():
    a = argparse.ArgumentParser()
    a.add_argument('--net', nargs='*', default=[])
    a.add_argument('--people', type=int, default=200)
    a.add_argument('--first', type=int, default=5000000)
    a.add_argument('--testkit', default='', help='file of testkit.mjs: measured on as well')
    g = a.parse_args()
    sets = dict(own=people(g.people, g.first))
    if g.testkit:
        sets['testkit'] = testkit(g.testkit)
    nets = [('untrained', *untrained(dict(width=64, out=32, dil=(1, 2, 4)), 1))] + [(os.path.basename(p), *load_net(p)) for p in g.net]
    for name, (seqs, who) in sets.items():
        tr = {p: trials(who, proto=p, draws=1) for p in ('p1', 'p2')}
        for press in (True, False):
            cl = System(seqs, lambda r: local(r, press)), System(seqs, lambda r: local(r, False))
            tag = f'{name} {"pressure" if press else "none"}'
            for p in tr:
                print(line(f'{tag} {p} classical', run(cl[:1], *tr[p], alone)), flush=True)
            members = []
            for n, net, sc in nets:
                s = System(seqs, encoder(net, press))
                for p in tr:
                    print(line(f'{tag} {p} {n}', run((s,), *tr[p], alone)))
                    print(line(f'{tag} {p} {n} + classical', run((s, *cl), *tr[p], fuse)), flush=True)
                if sc is not None:
                    members.append(s)
            if len(members) > 1:
                j = System.joined(members)
                for p in tr:
                    print(line(f'{tag} {p} all in one', run((j,), *tr[p], alone)))
                    print(line(f'{tag} {p} all in one + classical', run((j, *cl), *tr[p], fuse)), flush=True)


if __name__ == '__main__':
    main()
