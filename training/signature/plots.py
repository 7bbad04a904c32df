"""What the generator makes, beside what the literature says of people. Writes plots/generator.png and plots/generator.json.

    python plots.py --people 300
"""
import argparse
import json
import os

os.environ.setdefault('OMP_NUM_THREADS', '1')
import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt
import numpy as np

import data
import signer as S
from prep import B, deriv, lowpass, resample


def kin(raw):
    o = resample(raw, 1000.0, 100.0)
    if len(o) < 12:
        return None
    x, y = lowpass(o[:, 0].copy(), *B), lowpass(-o[:, 1], *B)
    return o, x, y, deriv(x), deriv(y)


def main():
    a = argparse.ArgumentParser()
    a.add_argument('--people', type=int, default=300)
    a.add_argument('--out', default='plots')
    g = a.parse_args()
    os.makedirs(g.out, exist_ok=True)
    dur, cv, nl, spacing, ratio, peaks, expo, up, spec = [], [], [], [], [], [], [], [], []
    mus, sigs, turn = [], [], []
    freqs = np.fft.rfftfreq(256, 0.01)
    for k in range(g.people):
        data.seed(8000000 + k)
        w = S.Writer()
        gen = [w.genuine(0) for _ in range(5)]
        f = w.forger()
        fo = [w.forgery(f) for _ in range(3)]
        d = np.array([r[-1, 0] / 1000 for r in gen])
        dur += d.tolist()
        cv.append(d.std(ddof=1) / d.mean())
        ratio += [r[-1, 0] / 1000 / d.mean() for r in fo]
        nl.append(len(w.plan))
        spacing += (1000 * w.plan[1:, 3]).tolist()
        mus += w.plan[:, 4].tolist()
        sigs += w.plan[:, 5].tolist()
        turn += w.plan[:, 2].tolist()
        q = kin(gen[0])
        if q is None:
            continue
        o, x, y, vx, vy = q
        v = np.hypot(vx, vy)
        up.append(1 - o[:, 3].mean())
        peaks.append(((v[1:-1] > v[:-2]) & (v[1:-1] >= v[2:])).sum() / (len(v) / 100))
        ax, ay = deriv(vx), deriv(vy)
        kap = np.abs(vx * ay - vy * ax) / (v ** 3 + 1e-12)
        ok = (v > 0.2 * v.mean()) & (o[:, 3] > 0.5) & (kap > 0)
        if ok.sum() > 30:
            expo.append(np.polyfit(np.log(kap[ok]), np.log(v[ok]), 1)[0])
        z = vy - vy.mean()
        z = z[:256] * np.hanning(min(256, len(z)))
        p = np.abs(np.fft.rfft(z, 256)) ** 2
        spec.append(p / p.sum())
    fig, ax = plt.subplots(3, 3, figsize=(13, 10))

    def h(i, v, title, ref=None, text='', **kw):
        b = ax.flat[i]
        b.hist(v, bins=40, color='#4477aa', **kw)
        b.set_title(title, fontsize=9)
        if ref is not None:
            for r in np.atleast_1d(ref):
                b.axvline(r, color='#cc3311', lw=1.5)
            b.text(0.97, 0.9, text, transform=b.transAxes, ha='right', fontsize=8, color='#cc3311')
    h(0, dur, 'duration of a genuine signature, s')
    h(1, cv, 'variation of duration within a sitting (sd / mean)')
    h(2, nl, 'lognormals in a signature')
    h(3, np.clip(spacing, 0, 300), 'time between stroke commands, ms', 100, 'nominal 100 ms [1]')
    h(4, sigs, 'sigma of the lognormals')
    h(5, np.clip(ratio, 0, 4), 'duration of a skilled forgery / genuine mean', 1, 'forgers are slower')
    h(6, peaks, 'speed maxima per second')
    h(7, expo, 'exponent of speed against curvature, pen down', -1 / 3, 'two-thirds power law: -1/3 [2]')
    ax.flat[8].plot(freqs, np.mean(spec, 0), color='#4477aa')
    ax.flat[8].set_title('spectrum of vertical velocity (share by frequency, Hz)', fontsize=9)
    ax.flat[8].set_xlim(0, 25)
    ax.flat[8].axvline(5, color='#cc3311', lw=1)
    ax.flat[8].text(5.3, 0, 'handwriting rhythm near 5 Hz [3]', fontsize=8, color='#cc3311')
    plt.tight_layout()
    plt.savefig(os.path.join(g.out, 'generator.png'), dpi=70)

    def qs(v):
        return [round(float(t), 3) for t in np.percentile(v, [5, 25, 50, 75, 95])]
    json.dump(dict(percentiles=[5, 25, 50, 75, 95], duration_s=qs(dur), duration_cv=qs(cv), lognormals=qs(nl), spacing_ms=qs(spacing), mu=qs(mus), sigma=qs(sigs),
                   forgery_duration_ratio=qs(ratio), speed_maxima_per_s=qs(peaks), speed_curvature_exponent=qs(expo), pen_up_share=qs(up)),
              open(os.path.join(g.out, 'generator.json'), 'w'), indent=1)


if __name__ == '__main__':
    main()
