"""Error rates of scores (large: same person)."""
import numpy as np


def eer(gen, imp):
    """Equal error rate in percent, interpolated between the two thresholds around the crossing."""
    gen, imp = np.sort(gen), np.sort(imp)
    t = np.unique(np.concatenate([gen, imp]))
    fr = np.searchsorted(gen, t, 'left') / len(gen)
    fa = 1 - np.searchsorted(imp, t, 'left') / len(imp)
    k = int(np.argmax(fr >= fa)) if (fr >= fa).any() else len(t) - 1
    if k == 0:
        return 50 * (fr[0] + fa[0])
    d0, d1 = fa[k - 1] - fr[k - 1], fr[k] - fa[k]
    w = d0 / (d0 + d1) if d0 + d1 else 0.5
    return 100 * (fr[k - 1] + w * (fr[k] - fr[k - 1]))


def fnmr_at(gen, imp, fmr):
    imp = np.sort(imp)[::-1]
    t = imp[min(int(fmr * len(imp)), len(imp) - 1)]
    return 100 * float((np.asarray(gen) <= t).mean())
