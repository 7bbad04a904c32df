"""Measure on a folder of real signatures (SVC2004 text). Measuring only: nothing here is fed back into anything that ships.

    python evaluate.py DATA [--net build/net.pt ...] [--label text]

DATA holds svc2004-task1, svc2004-task2, p1.models.csv, p1.trials.csv, p2.... One line for each system, task and protocol.
"""
import argparse
import csv
import os

os.environ.setdefault('OMP_NUM_THREADS', '1')
import numpy as np
import torch

from align import costs
from classical import local, log_score
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
    net, sc = Net(**ck['conf']), Score()
    net.load_state_dict(ck['net'])
    sc.load_state_dict(ck['score'])
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


def run(system, models, trials, score):
    out, user = {}, {}
    for m, refs in models.items():
        K = len(refs)
        dr = np.zeros((K, K), np.float32)
        iu = np.triu_indices(K, 1)
        d = system.dist([(refs[i], refs[j]) for i, j in zip(*iu)])
        dr[iu] = d
        dr = dr + dr.T
        pr = trials[m]
        dq = np.array(system.dist([(q, r) for q, _ in pr for r in refs]), np.float32).reshape(len(pr), K)
        s = -score(dq, dr)
        out[m] = (s, [k for _, k in pr])
    return out


def report(name, task, p, out):
    s = np.concatenate([v[0] for v in out.values()])
    k = np.array(sum([v[1] for v in out.values()], []))
    g, f, r = s[k == 'genuine'], s[k == 'skilled'], s[k == 'random']
    per = np.mean([eer(v[0][np.array(v[1]) == 'genuine'], v[0][np.array(v[1]) == 'skilled']) for v in out.values()])
    line = f'{name:34s} T{task} {p}  skilled {eer(g, f):5.2f} / per user {per:4.2f}  random {eer(g, r):5.2f}  fnmr@fmr1% {fnmr_at(g, f, 0.01):5.1f}'
    print(line, flush=True)
    return line


def scorer(sc):
    if sc is None:
        return log_score

    def f(dq, dr):
        with torch.no_grad():
            return sc.s(torch.from_numpy(dq), torch.from_numpy(dr)).numpy()
    return f


def add(a, b, wa=0.5):
    return {m: (wa * a[m][0] + (1 - wa) * b[m][0], a[m][1]) for m in a}


def main():
    a = argparse.ArgumentParser()
    a.add_argument('data')
    a.add_argument('--net', nargs='*', default=[])
    a.add_argument('--untrained', type=int, default=1)
    g = a.parse_args()
    for task in (1, 2):
        fo = os.path.join(g.data, f'svc2004-task{task}')
        raw = {n: read(os.path.join(fo, n)) for n in os.listdir(fo)}
        cl = System(raw, lambda r: local(r, task == 2))
        nets = []
        for p in g.net:
            net, sc = load_net(p)
            nets.append((os.path.basename(p), net, sc))
        if g.untrained:
            nets.insert(0, ('untrained', *untrained(dict(width=64, out=32, dil=(1, 2, 4)), 1)))

        def enc(net):
            def f(r):
                with torch.no_grad():
                    return encode(net, [features(r, task == 2)])[0].numpy()[12:-12]
            return f
        sysn = [(n, System(raw, enc(net)), scorer(sc)) for n, net, sc in nets]
        for p in ('p1', 'p2'):
            models, trials = protocol(g.data, p)
            c = run(cl, models, trials, log_score)
            report('classical', task, p, c)
            for n, s, f in sysn:
                o = run(s, models, trials, f)
                report(n, task, p, o)
                report(n + ' + classical', task, p, add(o, c))


if __name__ == '__main__':
    main()
