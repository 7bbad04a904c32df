"""The local-feature network and the score that it is trained through."""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from align import Align
from prep import CH

GAP = 24      # silence between packed signatures: more than the receptive field's half


class Net(nn.Module):
    """conv7, average pool 2, residual conv3 of dilation 1, 2, 4 (..), linear: a vector of `out` numbers each 20 ms."""

    def __init__(self, width=64, out=32, dil=(1, 2, 4), ch=CH):
        super().__init__()
        self.width, self.out, self.dil, self.ch = width, out, tuple(dil), ch
        self.inp = nn.Conv1d(ch, width, 7, padding=3)
        self.res = nn.ModuleList(nn.Conv1d(width, width, 3, padding=d, dilation=d) for d in dil)
        self.lin = nn.Conv1d(width, out, 1)

    def forward(self, x, mask=None):
        """x: [B, CH, T], T even. mask [B, 1, T/2]: 1 where there is signature (packed training)."""
        h = F.relu(self.inp(x))
        h = F.avg_pool1d(h, 2)
        if mask is not None:
            h = h * mask
        for c in self.res:
            h = h + F.relu(c(h))
            if mask is not None:
                h = h * mask
        return self.lin(h)


def even(f):
    """The network halves the rate: an odd last sample is dropped."""
    return f[: len(f) // 2 * 2]


def pack(feats, ch=CH):
    """One long row of signatures, with silence between: [1, CH, T], mask, offsets and lengths at the network's rate."""
    off, ln, t = [], [], GAP
    for f in feats:
        n = len(f) // 2
        off.append(t // 2)
        ln.append(n)
        t += 2 * n + GAP
    x = np.zeros((t, ch), np.float32)
    m = np.zeros(t // 2, np.float32)
    for f, o, n in zip(feats, off, ln):
        x[2 * o: 2 * o + 2 * n] = f[: 2 * n, :ch]
        m[o: o + n] = 1
    return (torch.from_numpy(np.ascontiguousarray(x.T))[None], torch.from_numpy(m)[None, None],
            np.array(off, np.int64), np.array(ln, np.int64))


def encode(net, feats):
    """Embeddings of many signatures: one array [T', out] and where each lies."""
    x, m, off, ln = pack(feats, net.ch)
    e = net(x, m)[0].t().contiguous()
    return e, off, ln


class Score(nn.Module):
    """From distances to the score: nearest and mean, each over the person's own variation to the power alpha; log; logistic."""

    def __init__(self):
        super().__init__()
        self.alpha = nn.Parameter(torch.tensor(0.5))
        self.w = nn.Parameter(torch.tensor(0.0))
        self.k0 = nn.Parameter(torch.tensor(-1.0))      # softplus: how many references the population's variation is worth
        self.lv0 = nn.Parameter(torch.tensor([0.0, 0.0]))
        self.tau = nn.Parameter(torch.tensor(0.0))
        self.beta = nn.Parameter(torch.tensor(1.5))     # softplus
        self.tau2 = nn.Parameter(torch.tensor(0.3))     # the same against strangers: training only
        self.beta2 = nn.Parameter(torch.tensor(1.5))
        self.tau3, self.beta3 = nn.Parameter(torch.tensor(0.0)), nn.Parameter(torch.tensor(1.5))     # the fused score: training only
        self.tau4, self.beta4 = nn.Parameter(torch.tensor(0.0)), nn.Parameter(torch.tensor(1.5))

    def s(self, dq, dr):
        """dq: [P, K] probe to reference; dr: [K, K] between references (None or K = 1: unknown). Log score, small is alike."""
        K = dq.shape[1]
        lv = self.lv0
        if K > 1:
            big = dr + torch.diag(torch.full((K,), 1e9))
            vmin = torch.log(big.min(1).values.mean() + 1e-6)
            vmean = torch.log(dr.sum() / (K * (K - 1)) + 1e-6)
            k0 = F.softplus(self.k0)
            lv = ((K - 1) * torch.stack([vmin, vmean]) + k0 * self.lv0) / (K - 1 + k0)
        w = torch.sigmoid(self.w)
        a = dq.min(1).values * torch.exp(-self.alpha * lv[0])
        b = dq.mean(1) * torch.exp(-self.alpha * lv[1])
        return torch.log(w * a + (1 - w) * b + 1e-6)

    def logit(self, s):
        return F.softplus(self.beta) * 4 * (self.tau - s)

    def logit2(self, s):
        return F.softplus(self.beta2) * 4 * (self.tau2 - s)

    def logit3(self, s):
        return F.softplus(self.beta3) * 4 * (self.tau3 - s)

    def logit4(self, s):
        return F.softplus(self.beta4) * 4 * (self.tau4 - s)
