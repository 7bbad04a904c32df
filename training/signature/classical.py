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


def log_score(dq, dr, alpha=0.5, nearest=0.5):
    """dq [P, K], dr [K, K]: nearest and mean, each over a power of the person's own variation; log."""
    K = dq.shape[1]
    if K == 1:
        return np.log(dq[:, 0] + 1e-6)
    big = dr + np.diag(np.full(K, 1e9))
    vmin, vmean = big.min(1).mean(), dr.sum() / (K * (K - 1))
    return np.log(nearest * dq.min(1) / vmin ** alpha + (1 - nearest) * dq.mean(1) / vmean ** alpha + 1e-6)


SHAPE = 7                                   # the first of the classical channels: those without pressure
SHARE = 0.7                                 # of the network's score
POWER, BEYOND, WEIGHT = 0.2, 0.2, 3         # against strangers


def local_score(full, shape, pressed=0.5, **form):
    """The classical half of the fused score: pressure counts in a part of it."""
    return pressed * log_score(*full, **form) + (1 - pressed) * log_score(*shape, **form)


def strange(shape):
    """How far a drawing is beyond what anybody's own drawings are apart by shape and movement, little of the person's variation divided out."""
    return WEIGHT * np.maximum(0, log_score(*shape, alpha=POWER) - BEYOND)


def fuse(network, full, shape, share=SHARE, guard=1, pressed=0.5, **form):
    """The score that ships, of (dq, dr) of the network's vectors, of all classical channels and of those without pressure."""
    return share * log_score(*network, **form) + (1 - share) * local_score(full, shape, pressed, **form) + guard * strange(shape)
