"""Train the network through the deployed score on people who do not exist."""
import argparse
import copy
import os
import time

os.environ.setdefault('OMP_NUM_THREADS', '1')
import numpy as np
import torch
import torch.nn.functional as F

import classical
import data
from align import Align, costs
from model import Net, Score, encode
from prep import CH, SHAPE, clipped

torch.set_num_threads(1)
STRANGERS = 6


def episode(rng, p, K):
    """References and probes of one person: names of kind and number. Half of the time the references come from one sitting and the probes from later ones."""
    n = len(p['gen'])
    first = np.flatnonzero(p['sess'] == 0)
    if rng.random() < 0.5 and len(first) > K:
        r = rng.permutation(first)[:K]
        rest = np.setdiff1d(np.arange(n), first)
    else:
        r = rng.permutation(n)[:K]
        rest = np.setdiff1d(np.arange(n), r)
    rest = rng.permutation(rest)[:5]
    fo = rng.permutation(len(p['forg']))[:6]
    si = rng.permutation(len(p['sib']))[:3]
    return [('gen', k) for k in r], [('gen', k) for k in rest], [('forg', k) for k in fo], [('sib', k) for k in si]


def strangers(loc, plan, k):
    """Indices of other people's drawings: those that the classical distance finds most like the person's first reference, two of each other person at most."""
    E, off, ln = loc
    b = plan[k][0]
    near = []
    for j, (o, oK, og, _, _) in enumerate(plan):
        if j != k:
            them = np.arange(o, o + oK + og)
            d = costs(E, off, ln, them, np.full(len(them), b))
            near += [(d[i], them[i]) for i in np.argsort(d)[:2]]
    return [i for _, i in sorted(near)[:STRANGERS]]


def plain(dq, dr):
    """classical.log_score of the network's distances, with a gradient."""
    K = dq.shape[1]
    vmin = (dr + torch.diag(torch.full((K,), 1e9))).min(1).values.mean()
    vmean = dr.sum() / (K * (K - 1))
    return torch.log(0.5 * dq.min(1).values / vmin.sqrt() + 0.5 * dq.mean(1) / vmean.sqrt() + 1e-6)


def matrices(cost, s, m, probes, K):
    """Probes to references, and among references, of a person's stretch of all pairs."""
    among = np.zeros((K, K), np.float32)
    among[np.triu_indices(K, 1)] = cost[m:m + K * (K - 1) // 2]
    return cost[s:m].reshape(probes, K), among + among.T


def average(into, of, keep):
    """Exponential moving average of everything that is learned."""
    with torch.no_grad():
        for a, b in zip(into.parameters(), of.parameters()):
            a.mul_(keep).add_(b, alpha=1 - keep)


def main():
    a = argparse.ArgumentParser()
    a.add_argument('--out', default='build/net.pt')
    a.add_argument('--seed', type=int, default=1)
    a.add_argument('--minutes', type=float, default=15)
    a.add_argument('--steps', type=int, default=10**9)
    a.add_argument('--batch', type=int, default=6)
    a.add_argument('--fresh', type=int, default=4, help='new writers a step; the rest come again from the pool, or are of the testkit')
    a.add_argument('--pool', type=int, default=4000)
    a.add_argument('--width', type=int, default=64)
    a.add_argument('--out_dim', type=int, default=32)
    a.add_argument('--dil', default='1,2,4')
    a.add_argument('--clip', type=float, default=2.0)
    a.add_argument('--ch', type=int, default=CH, help='11: without pressure')
    a.add_argument('--lr', type=float, default=2e-3)
    a.add_argument('--rand_w', type=float, default=1.0)
    a.add_argument('--own_w', type=float, default=0.5, help="weight of the network's own score against forgers beside the fused one")
    a.add_argument('--own_rand_w', type=float, default=0.3, help='the same against strangers')
    a.add_argument('--testkit', nargs='*', default=[], help='files of testkit.mjs: a third of the people of each step')
    a.add_argument('--drop', type=float, default=0.08, help='chance that all signatures of a person lack a channel')
    a.add_argument('--init', default='', help='a network to go on from')
    a.add_argument('--keep', type=float, default=0.998, help='of the moving average that is saved')
    g = a.parse_args()
    torch.manual_seed(g.seed)
    data.seed(1000 + g.seed)
    rng = np.random.default_rng(g.seed)
    net, sc = Net(g.width, g.out_dim, [int(d) for d in g.dil.split(',')], g.ch), Score()
    if g.init:
        ck = torch.load(g.init)
        net.load_state_dict(ck['net'])
        sc.load_state_dict(ck['score'])
    others = data.testkit(g.testkit) if g.testkit else []
    third = g.batch // 3 if others else 0
    print('people of the testkit', len(others), flush=True)
    print('parameters', sum(p.numel() for p in net.parameters()), flush=True)
    opt = torch.optim.Adam([{'params': net.parameters()}, {'params': sc.parameters(), 'lr': 3 * g.lr}], lr=g.lr)
    base = [q['lr'] for q in opt.param_groups]
    pool, writers = [], len(others)
    before = ck if g.init else dict(steps=0, writers=0, seed=g.seed)
    t0 = time.time()
    acc = []
    step = 0
    while True:
        frac = max((time.time() - t0) / (60 * g.minutes), step / g.steps)
        if frac >= 1:
            break
        for q, b in zip(opt.param_groups, base):
            q['lr'] = b * min(1, (step + 1) / 50) * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * frac)))
        batch = []
        for i in range(g.batch):
            if i < third:
                p = others[rng.integers(len(others))]
            elif i < third + g.fresh or len(pool) < 4 * g.batch:
                p = data.person()
                writers += 1
                if len(pool) < g.pool:
                    pool.append(p)
                else:
                    pool[rng.integers(g.pool)] = p
            else:
                p = pool[rng.integers(len(pool))]
            batch.append(p)
        feats, plan, scales, owner = [], [], [], []
        for p in batch:
            K = int(rng.choice([2, 3, 5, 8], p=[0.08, 0.17, 0.6, 0.15]))
            r, ge, fo, si = episode(rng, p, K)
            blind = rng.random() < 0.5
            scale = np.exp(0.15 * rng.standard_normal(CH)) * (rng.random(CH) >= g.drop)
            scales.append(scale.astype(np.float32))
            plan.append((len(feats), len(r), len(ge), len(fo), len(si)))
            for kind, k in r + ge + fo + si:
                f = p[kind][k].astype(np.float32)
                if blind:
                    f[:, SHAPE:] = 0
                feats.append(f)
                owner.append(len(plan) - 1)
        loc = [classical.of(f) for f in feats]
        cln = np.array([len(f) for f in loc])
        loc = np.concatenate(loc), np.concatenate([[0], np.cumsum(cln)[:-1]]), cln
        pa, pb, lay = [], [], []
        for k, (b, K, ng, nf, ns) in enumerate(plan):
            probes = list(range(b + K, b + K + ng + nf + ns)) + strangers(loc, plan, k)
            s = len(pa)
            for q in probes:
                for r in range(b, b + K):
                    pa.append(q)
                    pb.append(r)
            m = len(pa)
            for i in range(b, b + K):
                for j in range(i + 1, b + K):
                    pa.append(i)
                    pb.append(j)
            lay.append((s, m, len(probes)))
        pa, pb = np.array(pa), np.array(pb)
        e, off, ln = encode(net, [clipped(f) * scales[k] for f, k in zip(feats, owner)])
        d = Align.apply(e, off, ln, pa, pb)
        views = costs(*loc, pa, pb), costs(loc[0][:, :classical.SHAPE], *loc[1:], pa, pb)
        loss = 0
        for (b, K, ng, nf, ns), (s, m, npb) in zip(plan, lay):
            dq = d[s:m].view(npb, K)
            full, shape = (matrices(c, s, m, npb, K) for c in views)
            given = (1 - classical.SHARE) * classical.local_score(full, shape) + classical.strange(shape)
            dr = torch.zeros(K, K)
            iu = torch.triu_indices(K, K, 1)
            dr = dr.index_put((iu[0], iu[1]), d[m:m + K * (K - 1) // 2])
            dr = dr + dr.t()
            first = step == 0 and b == 0
            if first and not g.init:
                with torch.no_grad():
                    sc.lv0.fill_(float(torch.log(dr.sum() / (K * (K - 1)))))
            v = sc.s(dq, dr)
            v3 = classical.SHARE * plain(dq, dr) + torch.from_numpy(given)
            if first:
                with torch.no_grad():
                    if not g.init:
                        sc.tau.fill_(float(v[:ng].mean()) + 0.2)
                        sc.tau2.fill_(float(sc.tau) + 0.3)
                    sc.tau3.fill_(float(v3[:ng].mean()) + 0.2)
                    sc.tau4.fill_(float(v3[:ng].mean()) + 0.5)
            y = torch.zeros(npb)
            y[:ng] = 1
            z = [f(t) for f, t in ((sc.logit, v), (sc.logit2, v), (sc.logit3, v3), (sc.logit4, v3))]
            l = [F.binary_cross_entropy_with_logits(q, y, reduction='none') for q in z]
            f = ng + nf
            loss = loss + g.own_w * (l[0][:ng].mean() + l[0][ng:f].mean()) + g.own_rand_w * (l[1][:ng].mean() + l[1][f:].mean())
            loss = loss + (l[2][:ng].mean() + l[2][ng:f].mean() + g.rand_w * (l[3][:ng].mean() + l[3][f:].mean()))
            z = [q.detach() for q in z]
            acc.append([float((q[:ng] < 0).float().mean()) for q in z] + [float((q[a:b_] > 0).float().mean()) for q, a, b_ in zip(z, (ng, f, ng, f), (f, npb, f, npb))])
        loss = loss / len(plan)
        opt.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), g.clip)
        opt.step()
        if step == 0:
            slow_net, slow_sc = copy.deepcopy(net), copy.deepcopy(sc)
        keep = min(g.keep, (step + 1) / (step + 20))
        average(slow_net, net, keep)
        average(slow_sc, sc, keep)
        step += 1
        if step % 100 == 0:
            v = np.mean(acc, 0)
            acc = []
            print(f'{time.time() - t0:7.0f}s step {step} writers {writers} loss {float(loss.detach()):.3f} skilled {v[0]:.4f} {v[4]:.4f} random {v[1]:.4f} {v[5]:.4f} '
                  f'| fused {v[2]:.4f} {v[6]:.4f} random {v[3]:.4f} {v[7]:.4f} alpha {sc.alpha.item():.2f} w {torch.sigmoid(sc.w).item():.2f} '
                  f'k0 {F.softplus(sc.k0).item():.2f} beta {4 * F.softplus(sc.beta).item():.1f}', flush=True)
        if step % 250 == 0:
            save(g, slow_net, slow_sc, step, writers, before)
    save(g, slow_net, slow_sc, step, writers, before)


def save(g, net, sc, step, writers, before):
    os.makedirs(os.path.dirname(os.path.abspath(g.out)), exist_ok=True)
    torch.save(dict(testkit=bool(g.testkit), net=net.state_dict(), score=sc.state_dict(), conf=dict(width=net.width, out=net.out, dil=list(net.dil)),
                    seed=before['seed'], steps=before['steps'] + step, writers=before['writers'] + writers, args=vars(g)), g.out)


if __name__ == '__main__':
    main()
