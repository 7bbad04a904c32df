"""Measure on a folder of real signatures (SVC2004 text). Measuring only: nothing here is fed back into anything that ships.

    python evaluate.py DATA [--net build/net.pt ...] [--label text]

DATA holds svc2004-task1, svc2004-task2, p1.models.csv, p1.trials.csv, p2.... One line for each system, task and protocol.
"""
import argparse
import csv
import json
import os
import re

os.environ.setdefault('OMP_NUM_THREADS', '1')
import numpy as np
import torch

from align import costs
from classical import fuse, local, log_score
from metrics import eer, fnmr_at
from model import Net, Score, encode
from prep import features

torch.set_num_threads(1)


def read(path):
    rows = [list(map(float, l.split())) for l in open(path).read().splitlines()[1:] if l.strip()]
    a = np.array(rows)
    o = np.zeros((len(a), 5))
    o[:, 0] = a[:, 2] - a[0, 2]
    o[:, 1], o[:, 2] = a[:, 0], -a[:, 1]      # the tablet counts upwards, screens downwards
    o[:, 3] = a[:, 6] / 1023 if a.shape[1] > 6 else -1
    o[:, 4] = 1                              # both tasks hold pen-down points; button 0 marks the first of a stroke, pen-up is a time gap
    return o


def load_net(path):
    ck = torch.load(path)
    net, sc = Net(**ck['conf'], ch=ck['net']['inp.weight'].shape[1]), Score()
    net.load_state_dict(ck['net'])
    sc.load_state_dict(ck['score'], strict=False)
    return net.eval(), sc.eval()


def untrained(conf, seed):
    torch.manual_seed(seed)
    return Net(**conf).eval(), None


class System:
    """All pair distances of one task under one encoder."""

    def __init__(self, seqs, enc):
        self.names = sorted(seqs)
        self.ix = {n: i for i, n in enumerate(self.names)}
        E, off, ln, t = [], [], [], 0
        for n in self.names:
            e = enc(seqs[n])
            E.append(e)
            off.append(t)
            ln.append(len(e))
            t += len(e)
        self.E, self.off, self.ln = np.concatenate(E).astype(np.float32), np.array(off), np.array(ln)
        self.cache = {}

    @classmethod
    def joined(cls, systems):
        """Vectors of several systems side by side: one alignment for all."""
        s = cls.__new__(cls)
        first = systems[0]
        s.names, s.ix, s.off, s.ln, s.cache = first.names, first.ix, first.off, first.ln, {}
        s.E = np.concatenate([q.E for q in systems], 1)
        return s

    def dist(self, pairs):
        want = sorted({(min(a, b), max(a, b)) for a, b in pairs} - self.cache.keys())
        if want:
            i = np.array([self.ix[a] for a, b in want])
            j = np.array([self.ix[b] for a, b in want])
            self.cache.update(zip(want, costs(self.E, self.off, self.ln, i, j)))
        return [self.cache[(min(a, b), max(a, b))] for a, b in pairs]


def protocol(folder, p):
    models, trials = {}, {}
    for r in csv.DictReader(open(os.path.join(folder, p + '.models.csv'))):
        models.setdefault(r['model'], []).append(r['sample'])
    for r in csv.DictReader(open(os.path.join(folder, p + '.trials.csv'))):
        trials.setdefault(r['model'], []).append((r['probe'], r['kind']))
    return models, trials


def run(systems, models, trials, score):
    """Scores of all trials: `score` gets (probe to reference, between references) of each system."""
    out = {}
    for m, refs in models.items():
        K = len(refs)
        iu = np.triu_indices(K, 1)
        pr = trials[m]
        pairs = []
        for system in systems:
            dr = np.zeros((K, K), np.float32)
            dr[iu] = system.dist([(refs[i], refs[j]) for i, j in zip(*iu)])
            pairs.append((np.array(system.dist([(q, r) for q, _ in pr for r in refs]), np.float32).reshape(len(pr), K), dr + dr.T))
        out[m] = (-score(*pairs), [k for _, k in pr])
    return out


def alone(pair):
    return log_score(*pair)


def report(name, task, p, out):
    s = np.concatenate([v[0] for v in out.values()])
    k = np.array(sum([v[1] for v in out.values()], []))
    g, f, r = s[k == 'genuine'], s[k == 'skilled'], s[k == 'random']
    per = np.mean([eer(v[0][np.array(v[1]) == 'genuine'], v[0][np.array(v[1]) == 'skilled']) for v in out.values()])
    v = dict(system=name, task=task, protocol=p, skilled=round(eer(g, f), 2), per_user=round(per, 2), random=round(eer(g, r), 2), fnmr_at_fmr1=round(fnmr_at(g, f, 0.01), 1))
    print(f'{name:34s} T{task} {p}  skilled {v["skilled"]:5.2f} / per user {v["per_user"]:4.2f}  random {v["random"]:5.2f}  fnmr@fmr1% {v["fnmr_at_fmr1"]:5.1f}', flush=True)
    return v


def interval(out, n=400, seed=3):
    """95 % interval of the skilled EER by resampling people."""
    rng = np.random.default_rng(seed)
    who = {}
    for m in out:
        who.setdefault(re.match(r'[A-Za-z]*[0-9]+', m).group(), []).append(m)
    keys = sorted(who)
    v = []
    for _ in range(n):
        ms = [m for k in rng.choice(keys, len(keys)) for m in who[k]]
        s = np.concatenate([out[m][0] for m in ms])
        k = np.concatenate([np.array(out[m][1]) for m in ms])
        v.append(eer(s[k == 'genuine'], s[k == 'skilled']))
    return np.percentile(v, [2.5, 97.5])


def keep_scores(folder, name, task, p, trials, out):
    """One file for each system, as `asignio evaluate --scores` writes it: for scripts/det-signature.mjs."""
    with open(os.path.join(folder, f't{task}-{p}-{name.replace(" ", "")}.csv'), 'w', newline='') as f:
        w = csv.writer(f)
        w.writerow(['model', 'probe', 'mated', 'kind', 'score'])
        for m, (scores, kinds) in out.items():
            for (probe, _), kind, s in zip(trials[m], kinds, scores):
                w.writerow([m, probe, int(kind == 'genuine'), kind, float(s)])


def decimate(o, hz):
    keep, last = [], -1e9
    for i in range(len(o)):
        if o[i, 0] - last >= 1000 / hz - 1e-6:
            keep.append(i)
            last = o[i, 0]
    return o[keep]


def jitter(o, seed, rel=0.01):
    """Finger-like: noise of 1 % of the size, correlated over a few samples."""
    rng = np.random.default_rng(seed)
    o = o.copy()
    size = np.hypot(o[:, 1].std(), o[:, 2].std())
    e = rng.standard_normal((len(o) + 2, 2))
    o[:, 1:3] += rel * size * (e[:-2] + e[1:-1] + e[2:]) / 3 ** 0.5
    return o


def fewer(models, trials, K, seed=5):
    """The same trials with K references: a subset of the model's; for more than it has, genuine probes are moved over."""
    rng = np.random.default_rng(seed)
    M, T = {}, {}
    for m in models:
        r, t = list(models[m]), list(trials[m])
        if K <= len(r):
            M[m] = [r[i] for i in rng.permutation(len(r))[:K]]
        else:
            g = [q for q, k in t if k == 'genuine']
            ex = [g[i] for i in rng.permutation(len(g))[:K - len(r)]]
            M[m] = r + ex
            t = [(q, k) for q, k in t if q not in ex]
        T[m] = t
    return M, T


def main():
    a = argparse.ArgumentParser()
    a.add_argument('data')
    a.add_argument('--net', nargs='*', default=[])
    a.add_argument('--more', action='store_true', help='all networks in one also with 1, 3, 8 references, thinned and shaken probes, no pressure')
    a.add_argument('--scores', default='', help='folder for the scores of each system, task and protocol')
    a.add_argument('--json', default='', help='write what is printed as numbers')
    g = a.parse_args()
    table = []
    for task in (1, 2):
        fo = os.path.join(g.data, f'svc2004-task{task}')
        raw = {n: read(os.path.join(fo, n)) for n in os.listdir(fo)}
        nets = [(os.path.basename(p), load_net(p)[0]) for p in g.net]

        def enc(net, press):
            def f(r):
                with torch.no_grad():
                    return encode(net, [features(r, press)])[0].numpy()[12:-12]
            return f

        def measure(tag, raw, fix=lambda m, t: (m, t), every=True, press=task == 2):
            cl = System(raw, lambda r: local(r, press)), System(raw, lambda r: local(r, False))
            trained = [System(raw, enc(net, press)) for _, net in nets]
            systems = {}
            if every:
                systems['untrained'] = System(raw, enc(untrained(dict(width=64, out=32, dil=(1, 2, 4)), 1)[0], press))
                if len(nets) > 1:
                    systems.update((n, s) for (n, _), s in zip(nets, trained))
            if trained:
                systems['trained'] = System.joined(trained)
            for p in ('p1', 'p2'):
                models, trials = fix(*protocol(g.data, p))
                out = {'classical': run(cl[:1], models, trials, alone)}
                for n, s in systems.items():
                    out[n] = run((s,), models, trials, alone)
                    out[n + ' + classical'] = run((s, *cl), models, trials, fuse)
                for n, o in out.items():
                    r = report(tag + n, task, p, o)
                    if g.scores and not tag:
                        keep_scores(g.scores, n, task, p, trials, o)
                    r['interval'] = interval(o).round(2).tolist() if n in ('classical', 'trained + classical') else None
                    if r['interval']:
                        print('    95 % over people:', r['interval'])
                    table.append(r)
        measure('', raw)
        if g.more:
            for K in (1, 3, 8):
                measure(f'{K} refs: ', raw, lambda m, t: fewer(m, t, K), False)

            def probes(m, t):
                return m, {k: [('P' + q, kind) for q, kind in v] for k, v in t.items()}
            for tag, fn in (('60 Hz: ', lambda n, o: decimate(o, 60)), ('30 Hz: ', lambda n, o: decimate(o, 30)),
                            ('jitter: ', lambda n, o: jitter(o, sum(map(ord, n))))):
                both = dict(raw)
                both.update({'P' + n: fn(n, o) for n, o in raw.items()})
                measure(tag, both, probes, False)
            if task == 2:
                measure('no pressure: ', raw, every=False, press=False)
    if g.json:
        json.dump(table, open(g.json, 'w'), indent=1)


if __name__ == '__main__':
    main()
