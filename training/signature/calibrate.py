"""Log-likelihood ratios from held-back synthetic people (seeds apart from training's and from those that choices were made on).

    python calibrate.py --net build/net.pt --out calibration.json --people 300

fused = wn * log score of the network + wc * classical log score;  LLR = a - b * fused, clipped; one (a, b) for each number of
references, with and without pressure, against skilled forgers and against strangers.
"""
import argparse
import json
import os

os.environ.setdefault('OMP_NUM_THREADS', '1')
import numpy as np
import torch
import torch.nn.functional as F

from classical import local, log_score
from evaluate import System, add, load_net, run, scorer
from metrics import eer, fnmr_at
from synth import encoder, parts, people, trials


def fit(gen, imp):
    """Logistic regression of equal priors: a, b with LLR = a - b * s."""
    x = np.concatenate([gen, imp])
    y = np.concatenate([np.ones(len(gen)), np.zeros(len(imp))])
    wt = np.where(y > 0, 0.5 / len(gen), 0.5 / len(imp))
    m, sd = x.mean(), x.std()
    z = np.stack([np.ones_like(x), (x - m) / sd], 1)
    t = np.zeros(2)
    for _ in range(100):
        p = 1 / (1 + np.exp(-z @ t))
        g = z.T @ (wt * (y - p)) - 1e-4 * t
        h = (z * (wt * p * (1 - p))[:, None]).T @ z + 1e-4 * np.eye(2)
        d = np.linalg.solve(h, g)
        t += d
        if np.abs(d).max() < 1e-9:
            break
    b = -t[1] / sd
    return float(t[0] + b * m), float(b)


def cllr(gen, imp):
    return float(0.5 * (np.logaddexp(0, -gen).mean() + np.logaddexp(0, imp).mean()) / np.log(2))


def main():
    a = argparse.ArgumentParser()
    a.add_argument('--net', required=True)
    a.add_argument('--out', default='calibration.json')
    a.add_argument('--people', type=int, default=200)
    a.add_argument('--first', type=int, default=6000000)
    a.add_argument('--wn', type=float, default=0.5)
    g = a.parse_args()
    ck = torch.load(g.net)
    net, sc = load_net(g.net)
    seqs, who = people(g.people, g.first)
    table, rates = {}, {}
    nn_ = None
    for press in (True, False):
        cl = System(seqs, lambda r: local(r, press))
        if nn_ is None or net.ch > 12:
            nn_ = System(seqs, encoder(net, press))
        f = scorer(sc)
        for K in (1, 2, 3, 5, 8):
            out = []
            for proto in ('p1', 'p2'):
                m, t = trials(who, K=K, proto=proto, rnd=6, draws=1)
                out.append(parts(add(run(nn_, m, t, f), run(cl, m, t, log_score), g.wn)))
            P = {k: -np.concatenate([o[k] for o in out]) for k in out[0]}
            P['random'] = np.concatenate([P['random'], P['sibling']])
            key = 'pressure' if press else 'none'
            sk, rd = fit(P['genuine'], P['skilled']), fit(P['genuine'], P['random'])
            table.setdefault(key, {})[str(K)] = dict(skilled=[round(v, 5) for v in sk], random=[round(v, 5) for v in rd])
            lg, ls = sk[0] - sk[1] * P['genuine'], sk[0] - sk[1] * P['skilled']
            rates.setdefault(key, {})[str(K)] = dict(
                skilled_eer=round(eer(-P['genuine'], -P['skilled']), 2), random_eer=round(eer(-P['genuine'], -P['random']), 2),
                fnmr_at_fmr1=round(fnmr_at(-P['genuine'], -P['skilled'], .01), 1), cllr_skilled=round(cllr(lg, ls), 3))
            print(key, K, table[key][str(K)], rates[key][str(K)], flush=True)
    sp = F.softplus(sc.k0).item()
    doc = dict(
        version=1, data='synthetic only', people=g.people, first_seed=g.first, net=dict(seed=ck['seed'], steps=ck['steps'], writers=ck['writers']),
        network_score=dict(alpha=sc.alpha.item(), w=torch.sigmoid(sc.w).item(), k0=sp, log_v0_min=sc.lv0[0].item(), log_v0_mean=sc.lv0[1].item(),
                           epsilon=1e-6),
        classical_score=dict(alpha=0.5, w=0.5, epsilon=1e-6),
        fusion=dict(network=g.wn, classical=1 - g.wn), llr=table, clip=[-9.21, 9.21],
        measured_on_synthetic=rates)
    json.dump(doc, open(g.out, 'w'), indent=1)


if __name__ == '__main__':
    main()
