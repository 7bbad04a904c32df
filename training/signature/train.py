"""Train the network through the deployed score on people who do not exist."""
import argparse
import json
import os
import time

os.environ.setdefault('OMP_NUM_THREADS', '1')
import numpy as np
import torch
import torch.nn.functional as F

import data
from align import Align, costs
from classical import log_score
from model import Net, Score, encode

torch.set_num_threads(1)


def episode(rng, p, K):
    """References and probes of one person. Half of the time the references come from one sitting."""
    n = len(p['gen'])
    first = np.flatnonzero(p['sess'] == 0)
    if rng.random() < 0.5 and len(first) > K:
        r = rng.permutation(first)[:K]
    else:
        r = rng.permutation(n)[:K]
    rest = rng.permutation(np.setdiff1d(np.arange(n), r))[:5]
    fo = rng.permutation(len(p['forg']))[:6]
    si = rng.permutation(len(p['sib']))[:2]
    return r, rest, fo, si


def main():
    a = argparse.ArgumentParser()
    a.add_argument('--out', default='build/net.pt')
    a.add_argument('--seed', type=int, default=1)
    a.add_argument('--minutes', type=float, default=15)
    a.add_argument('--steps', type=int, default=10**9)
    a.add_argument('--batch', type=int, default=6)
    a.add_argument('--fresh', type=int, default=4, help='new writers a step; the rest come again from the pool')
    a.add_argument('--pool', type=int, default=12000)
    a.add_argument('--width', type=int, default=64)
    a.add_argument('--out_dim', type=int, default=32)
    a.add_argument('--dil', default='1,2,4')
    a.add_argument('--clip', type=float, default=2.0)
    a.add_argument('--ch', type=int, default=14, help='12: without pressure')
    a.add_argument('--lr', type=float, default=2e-3)
    a.add_argument('--rand_w', type=float, default=0.5)
    a.add_argument('--fused_w', type=float, default=1.0)
    a.add_argument('--init', default='')
    g = a.parse_args()
    torch.manual_seed(g.seed)
    data.seed(1000 + g.seed)
    rng = np.random.default_rng(g.seed)
    net, sc = Net(g.width, g.out_dim, [int(d) for d in g.dil.split(',')], g.ch), Score()
    if g.init:
        ck = torch.load(g.init)
        net.load_state_dict(ck['net'])
        sc.load_state_dict(ck['score'])
    print('parameters', sum(p.numel() for p in net.parameters()), flush=True)
    opt = torch.optim.Adam([{'params': net.parameters()}, {'params': sc.parameters(), 'lr': 3 * g.lr}], lr=g.lr)
    base = [q['lr'] for q in opt.param_groups]
    pool, writers = [], 0
    t0 = time.time()
    acc = []
    step = 0
    tg = tn = ta = 0.0
    while True:
        frac = max((time.time() - t0) / (60 * g.minutes), step / g.steps)
        if frac >= 1:
            break
        for q, b in zip(opt.param_groups, base):
            q['lr'] = b * min(1, (step + 1) / 50) * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * frac)))
        c0 = time.time()
        batch = []
        for i in range(g.batch):
            if i < g.fresh or len(pool) < 4 * g.batch:
                p = data.person()
                writers += 1
                if len(pool) < g.pool:
                    pool.append(p)
                else:
                    pool[rng.integers(g.pool)] = p
            else:
                p = pool[rng.integers(len(pool))]
            batch.append(p)
        c1 = time.time()
        feats, plan, loc = [], [], []
        for p in batch:
            K = int(rng.choice([2, 3, 5, 8], p=[0.08, 0.17, 0.6, 0.15]))
            r, ge, fo, si = episode(rng, p, K)
            nop = rng.random() < 0.5
            base_i = len(feats)
            for f in [p['gen'][k] for k in r] + [p['gen'][k] for k in ge] + [p['forg'][k] for k in fo] + [p['sib'][k] for k in si]:
                f = f.astype(np.float32)
                if nop:
                    f[:, 12:14] = 0
                feats.append(f)
            for f in [p['cgen'][k] for k in r] + [p['cgen'][k] for k in ge] + [p['cforg'][k] for k in fo] + [p['csib'][k] for k in si]:
                f = f.astype(np.float32)
                if nop:
                    f[:, 7:9] = 0
                loc.append(f)
            plan.append((base_i, len(r), len(ge), len(fo), len(si)))
        pa, pb, lay = [], [], []
        for k, (b, K, ng, nf, ns) in enumerate(plan):
            probes = list(range(b + K, b + K + ng + nf + ns))
            o = plan[(k + 1) % len(plan)]
            probes += list(range(o[0] + o[1], o[0] + o[1] + 2))
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
        e, off, ln = encode(net, feats)
        c2 = time.time()
        d = Align.apply(e, off, ln, np.array(pa), np.array(pb))
        cln = np.array([len(f) for f in loc])
        dc = costs(np.concatenate(loc), np.concatenate([[0], np.cumsum(cln)[:-1]]), cln, np.array(pa), np.array(pb))
        c3 = time.time()
        loss = 0
        errs = []
        for (b, K, ng, nf, ns), (s, m, npb) in zip(plan, lay):
            dq = d[s:m].view(npb, K)
            cr = np.zeros((K, K), np.float32)
            cr[np.triu_indices(K, 1)] = dc[m:m + K * (K - 1) // 2]
            sc_c = torch.from_numpy(log_score(dc[s:m].reshape(npb, K), cr + cr.T))
            dr = torch.zeros(K, K)
            iu = torch.triu_indices(K, K, 1)
            dr = dr.index_put((iu[0], iu[1]), d[m:m + K * (K - 1) // 2])
            dr = dr + dr.t()
            if step == 0 and b == 0:
                with torch.no_grad():
                    sc.lv0.fill_(float(torch.log(dr.sum() / (K * (K - 1)))))
                    sc.tau.fill_(float(sc.s(dq, dr)[:ng].mean()) + 0.2)
                    sc.tau2.fill_(float(sc.tau) + 0.3)
            v = sc.s(dq, dr)
            v3 = 0.5 * v + 0.5 * sc_c
            if step == 0 and b == 0:
                with torch.no_grad():
                    sc.tau3.fill_(float(v3[:ng].mean()) + 0.2)
                    sc.tau4.fill_(float(v3[:ng].mean()) + 0.5)
            z, z2 = sc.logit(v), sc.logit2(v)
            y = torch.zeros(npb)
            y[:ng] = 1
            l = F.binary_cross_entropy_with_logits(z, y, reduction='none')
            l2 = F.binary_cross_entropy_with_logits(z2, y, reduction='none')
            loss = loss + l[:ng].mean() + l[ng:ng + nf].mean() + g.rand_w * (l2[:ng].mean() + l2[ng + nf:].mean())
            l3 = F.binary_cross_entropy_with_logits(sc.logit3(v3), y, reduction='none')
            l4 = F.binary_cross_entropy_with_logits(sc.logit4(v3), y, reduction='none')
            lf = l3[:ng].mean() + l3[ng:ng + nf].mean() + g.rand_w * (l4[:ng].mean() + l4[ng + nf:].mean())
            loss = loss + g.fused_w * lf
            zf = sc.logit3(v3).detach()
            fe = (float((zf[:ng] < 0).float().mean()), float((zf[ng:ng + nf] > 0).float().mean()), float(lf.detach()))
            zz = z.detach()
            errs.append((float((zz[:ng] < 0).float().mean()), float((zz[ng:ng + nf] > 0).float().mean()), float((z2.detach()[ng + nf:] > 0).float().mean()), *fe))
        loss = loss / len(plan)
        opt.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), g.clip)
        opt.step()
        c4 = time.time()
        tg += c1 - c0
        tn += c2 - c1 + c4 - c3
        ta += c3 - c2
        acc.append([float(loss.detach())] + list(np.mean(errs, 0)))
        step += 1
        if step % 100 == 0:
            v = np.mean(acc, 0)
            acc = []
            print(f'{time.time() - t0:6.0f}s step {step} writers {writers} loss {v[0]:.4f} fnmr {v[1]:.4f} skilled {v[2]:.4f} random {v[3]:.4f} | fused {v[4]:.4f} {v[5]:.4f} loss {v[6]:.4f} '
                  f'alpha {sc.alpha.item():.2f} w {torch.sigmoid(sc.w).item():.2f} k0 {F.softplus(sc.k0).item():.2f} beta {4 * F.softplus(sc.beta).item():.1f} '
                  f'[gen {tg:.0f} net {tn:.0f} dtw {ta:.0f}]', flush=True)
        if step % 500 == 0:
            save(g, net, sc, step, writers)
    save(g, net, sc, step, writers)


def save(g, net, sc, step, writers):
    os.makedirs(os.path.dirname(os.path.abspath(g.out)), exist_ok=True)
    torch.save(dict(net=net.state_dict(), score=sc.state_dict(), conf=dict(width=net.width, out=net.out, dil=list(net.dil)),
                    seed=g.seed, steps=step, writers=writers, args=vars(g)), g.out)


if __name__ == '__main__':
    main()
