"""From what a device reports to the channels that the network reads. See README.md (the model card) for the layout.

The TypeScript engine computes the same; golden/ proves it.
"""
import math
import numpy as np
from numba import njit

RATE = 100.0


@njit(cache=True)
def lowpass(x, b0, b1, b2, a1, a2):
    """Zero phase: forward and backward, the edges continued by reflection about the end value."""
    n = x.shape[0]
    pad = min(30, n - 1)
    m = n + 2 * pad
    e = np.zeros(m)
    for i in range(pad):
        e[i] = 2 * x[0] - x[pad - i]
        e[m - 1 - i] = 2 * x[n - 1] - x[n - 1 - pad + i]
    for i in range(n):
        e[pad + i] = x[i]
    for rep in range(2):
        z1 = 0.0; z2 = 0.0
        # start in the steady state of the first value
        v = e[0]
        z2 = (b2 - a2) * v
        z1 = (b1 - a1) * v + z2
        for i in range(m):
            o = b0 * e[i] + z1
            z1 = b1 * e[i] - a1 * o + z2
            z2 = b2 * e[i] - a2 * o
            e[i] = o
        e = e[::-1].copy()
    return e[pad:pad + n].copy()


def butter2(fc, fs):
    k = math.tan(math.pi * fc / fs)
    q = math.sqrt(2.0)
    n = 1 / (1 + q * k + k * k)
    return k * k * n, 2 * k * k * n, k * k * n, 2 * (k * k - 1) * n, (1 - q * k + k * k) * n


B = butter2(15.0, RATE)


@njit(cache=True)
def resample(raw, max_gap, rate):
    """Uniform 1/rate grid. From a row with pen 0 on, and in a gap of more than 35 ms or 3.5 steps, the pen is up; long gaps are cut to max_gap ms."""
    n = raw.shape[0]
    t = np.zeros(n)
    med = np.zeros(max(n - 1, 1))
    for i in range(1, n):
        d = raw[i, 0] - raw[i - 1, 0]
        if d < 0.0:
            d = 0.0
        med[i - 1] = d
        t[i] = t[i - 1] + min(d, max_gap)
    md = np.median(med)
    gap = max(3.5 * md, 35.0)
    step = 1000.0 / rate
    m = int(t[n - 1] / step) + 1
    o = np.zeros((m, 4))
    i = 0
    for j in range(m):
        tt = j * step
        while i < n - 2 and t[i + 1] <= tt:
            i += 1
        k = min(i + 1, n - 1)
        d = t[k] - t[i]
        w = (tt - t[i]) / d if d > 0 else 0.0
        w = min(max(w, 0.0), 1.0)
        o[j, 0] = raw[i, 1] * (1 - w) + raw[k, 1] * w
        o[j, 1] = raw[i, 2] * (1 - w) + raw[k, 2] * w
        up = raw[i, 4] < 0.5 or d > gap
        o[j, 3] = 0.0 if up else 1.0
        o[j, 2] = 0.0 if up or raw[i, 3] < 0 else raw[i, 3] * (1 - w) + raw[k, 3] * w
    return o


@njit(cache=True)
def deriv(x):
    """Second-order regression over five points, ends held."""
    n = x.shape[0]
    o = np.zeros(n)
    for i in range(n):
        a = x[max(i - 1, 0)]; b = x[min(i + 1, n - 1)]; c = x[max(i - 2, 0)]; d = x[min(i + 2, n - 1)]
        o[i] = ((b - a) + 2 * (d - c)) / 10.0
    return o


SHAPE = 11           # channels that every pen gives
CH = 13              # and pressure and its change
CLASSICAL = (0, 1, 2, 3, 4, 5, 6, 11, 12)     # those that the classical distance compares
LIMIT = 6.0          # the network's input is cut here, in standard deviations


@njit(cache=True)
def channels(o, has_p, b0, b1, b2, a1, a2):
    """Local functions of time, each with zero mean and unit variance over the signature; one that does not vary is zero."""
    n = o.shape[0]
    x = lowpass(o[:, 0].copy(), b0, b1, b2, a1, a2)
    y = lowpass(-o[:, 1], b0, b1, b2, a1, a2)
    f = np.zeros((n, 13))
    vx = deriv(x)
    vy = deriv(y)
    ms = 0.0
    for i in range(n):
        ms += vx[i] * vx[i] + vy[i] * vy[i]
    rms = math.sqrt(ms / n) + 1e-9
    sp = np.zeros(n)
    for i in range(n):
        vx[i] /= rms
        vy[i] /= rms
        sp[i] = math.hypot(vx[i], vy[i])
    ax = deriv(vx)
    ay = deriv(vy)
    at = deriv(sp)
    for i in range(n):
        s = sp[i]
        c = vx[i] * ay[i] - vy[i] * ax[i]
        f[i, 0] = vx[i]
        f[i, 1] = vy[i]
        f[i, 2] = s
        f[i, 3] = vy[i] / (s + 0.05)
        f[i, 4] = vx[i] / (s + 0.05)
        f[i, 5] = c / (s * s + 0.04)
        f[i, 6] = at[i]
        f[i, 7] = math.log((abs(c) + 0.003) / (s * s * s + 0.02))
        f[i, 8] = c / (s + 0.05)
        f[i, 9] = math.hypot(ax[i], ay[i])
        f[i, 10] = math.log(s + 0.05)
    k = 11
    if has_p:
        p = lowpass(o[:, 2].copy(), b0, b1, b2, a1, a2)
        f[:, 11] = p
        f[:, 12] = deriv(p)
        k = 13
    for j in range(k):
        m = 0.0
        for i in range(n):
            m += f[i, j]
        m /= n
        v = 0.0
        for i in range(n):
            v += (f[i, j] - m) ** 2
        sd = math.sqrt(v / n)
        for i in range(n):
            f[i, j] = (f[i, j] - m) / sd if sd > 1e-9 else 0.0
    return f.astype(np.float32)


def local(raw, pressure=True, max_gap=1000.0):
    """raw: rows of t (ms), x, y (px, y downwards), pressure (0..1, negative: none), pen (1 down). Returns [T, CH]."""
    o = resample(raw, max_gap, RATE)
    if len(o) < 8:
        o = np.concatenate([o, np.repeat(o[-1:], 8 - len(o), 0)])
    return channels(o, bool(pressure and raw[:, 3].max() > 0), *B)


def clipped(f):
    """What the network reads of the channels."""
    return np.clip(f, -LIMIT, LIMIT)


def features(raw, pressure=True):
    return clipped(local(raw, pressure))
