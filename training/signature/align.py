"""Dynamic time warping between packed sequences: forward in compiled code, gradient along the chosen path."""
import numpy as np
import torch
from numba import njit


@njit(cache=True, fastmath=True)
def _one(A, B, path_i, path_j):
    """Cost of the best alignment (local Euclidean distance, steps (1,0),(0,1),(1,1) of equal weight) and its path, backwards."""
    n, c = A.shape
    m = B.shape[0]
    BT = np.ascontiguousarray(B.T)
    prev = np.empty(m, np.float32)
    cur = np.empty(m, np.float32)
    dirs = np.empty((n, m), np.uint8)
    row = np.empty(m, np.float32)
    for i in range(n):
        row[:] = np.float32(1e-8)
        for k in range(c):
            a = A[i, k]
            bt = BT[k]
            for j in range(m):
                d = a - bt[j]
                row[j] += d * d
        for j in range(m):
            row[j] = np.sqrt(row[j])
        if i == 0:
            s = np.float32(0)
            for j in range(m):
                s += row[j]
                cur[j] = s
                dirs[0, j] = 2
        else:
            left = prev[0] + row[0]
            cur[0] = left
            dirs[0 + i, 0] = 1
            for j in range(1, m):
                best = prev[j - 1]
                d = np.uint8(0)
                if prev[j] < best:
                    best = prev[j]
                    d = np.uint8(1)
                if left < best:
                    best = left
                    d = np.uint8(2)
                left = best + row[j]
                cur[j] = left
                dirs[i, j] = d
        prev, cur = cur, prev
    i = n - 1
    j = m - 1
    L = 0
    while True:
        path_i[L] = i
        path_j[L] = j
        L += 1
        if i == 0 and j == 0:
            break
        d = dirs[i, j]
        if i == 0:
            j -= 1
        elif j == 0:
            i -= 1
        elif d == 0:
            i -= 1
            j -= 1
        elif d == 1:
            i -= 1
        else:
            j -= 1
    return prev[m - 1], L


@njit(cache=True, fastmath=True)
def _many(E, off, ln, pa, pb):
    n = pa.shape[0]
    cost = np.empty(n, np.float32)
    po = np.zeros(n + 1, np.int64)
    for p in range(n):
        po[p + 1] = po[p] + ln[pa[p]] + ln[pb[p]]
    I = np.empty(po[n], np.int32)
    J = np.empty(po[n], np.int32)
    L = np.empty(n, np.int64)
    for p in range(n):
        a = pa[p]
        b = pb[p]
        A = E[off[a]:off[a] + ln[a]]
        B = E[off[b]:off[b] + ln[b]]
        s, l = _one(A, B, I[po[p]:po[p + 1]], J[po[p]:po[p + 1]])
        cost[p] = s / (ln[a] + ln[b])
        L[p] = l
    return cost, po, L, I, J


@njit(cache=True, fastmath=True)
def _back(E, off, ln, pa, pb, po, L, I, J, g):
    G = np.zeros_like(E)
    c = E.shape[1]
    for p in range(pa.shape[0]):
        w = g[p] / (ln[pa[p]] + ln[pb[p]])
        if w == 0:
            continue
        oa = off[pa[p]]
        ob = off[pb[p]]
        for q in range(L[p]):
            i = oa + I[po[p] + q]
            j = ob + J[po[p] + q]
            s = np.float32(1e-8)
            for k in range(c):
                d = E[i, k] - E[j, k]
                s += d * d
            f = w / np.sqrt(s + np.float32(1e-4))
            for k in range(c):
                d = f * (E[i, k] - E[j, k])
                G[i, k] += d
                G[j, k] -= d
    return G


class Align(torch.autograd.Function):
    @staticmethod
    def forward(ctx, E, off, ln, pa, pb):
        e = E.detach().numpy()
        cost, po, L, I, J = _many(e, off, ln, pa, pb)
        ctx.keep = (e, off, ln, pa, pb, po, L, I, J)
        return torch.from_numpy(cost)

    @staticmethod
    def backward(ctx, g):
        return torch.from_numpy(_back(*ctx.keep, g.numpy().astype(np.float32))), None, None, None, None


def costs(E, off, ln, pa, pb):
    """Numpy in, numpy out: distances of the pairs."""
    return _many(np.ascontiguousarray(E, np.float32), off, ln, pa, pb)[0]
