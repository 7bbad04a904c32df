"""The control: alignment of z-scored local features with nothing learned."""
import numpy as np

import prep


def halve(f):
    """Mean of each two samples: the network's rate, a quarter of the work, the same accuracy on synthetic people."""
    n = len(f) // 2
    return f[: 2 * n].reshape(n, 2, -1).mean(1)


def of(channels):
    return halve(channels[:, prep.CLASSICAL])


def local(raw, pressure=True):
    """dx, dy, speed, sin, cos, turning, acceleration, (pressure and its change), each with zero mean and unit variance over the signature."""
    return of(prep.local(raw, pressure))


def log_score(dq, dr, alpha=0.5):
    """dq [P, K], dr [K, K]: nearest and mean, each over the root of the person's own variation; log."""
    K = dq.shape[1]
    if K == 1:
        return np.log(dq[:, 0] + 1e-6)
    big = dr + np.diag(np.full(K, 1e9))
    vmin, vmean = big.min(1).mean(), dr.sum() / (K * (K - 1))
    return np.log(0.5 * dq.min(1) / vmin ** alpha + 0.5 * dq.mean(1) / vmean ** alpha + 1e-6)
