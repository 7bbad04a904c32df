"""The control: alignment of z-scored local features with nothing learned."""
import numpy as np

from prep import B, deriv, lowpass, resample, RATE


def local(raw, pressure=True):
    """dx, dy, speed, sin, cos, turning, acceleration, (pressure), each with zero mean and unit variance over the signature."""
    o = resample(raw, 1000.0, RATE)
    if len(o) < 8:
        o = np.concatenate([o, np.repeat(o[-1:], 8 - len(o), 0)])
    x, y = lowpass(o[:, 0].copy(), *B), lowpass(-o[:, 1], *B)
    dx, dy = deriv(x), deriv(y)
    v = np.hypot(dx, dy)
    q = 0.05 * np.sqrt((v * v).mean()) + 1e-9
    ax, ay = deriv(dx), deriv(dy)
    turn = (dx * ay - dy * ax) / (v * v + (4 * q) ** 2)
    c = [dx, dy, v, dy / (v + q), dx / (v + q), turn, deriv(v)]
    if pressure and raw[:, 3].max() > 0:
        p = lowpass(o[:, 2].copy(), *B)
        c += [p, deriv(p)]
    else:
        c += [np.zeros(len(v))] * 2
    c = np.stack(c, 1)
    c = c - c.mean(0)
    sd = c.std(0)
    return halve((c / np.where(sd > 1e-9, sd, np.inf)).astype(np.float32))


def halve(f):
    """Mean of each two samples: the network's rate, a quarter of the work, the same accuracy on synthetic people."""
    n = len(f) // 2
    return f[: 2 * n].reshape(n, 2, -1).mean(1)


def log_score(dq, dr, alpha=0.5):
    """dq [P, K], dr [K, K]: nearest and mean, each over the root of the person's own variation; log."""
    K = dq.shape[1]
    if K == 1:
        return np.log(dq[:, 0] + 1e-6)
    big = dr + np.diag(np.full(K, 1e9))
    vmin, vmean = big.min(1).mean(), dr.sum() / (K * (K - 1))
    return np.log(0.5 * dq.min(1) / vmin ** alpha + 0.5 * dq.mean(1) / vmean ** alpha + 1e-6)
