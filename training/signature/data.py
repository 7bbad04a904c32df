"""Synthetic people in the shape that training and measuring take them: channels and labels."""
import json

import numpy as np

import prep
import signer as S


def seed(k):
    S.seed(k)
    np.random.seed(k % 2**32)


def person(n0=8, n1=4, n2=3, forgers=3, attempts=3, siblings=3, keep_raw=False, other=0.25):
    """Genuine signatures of three sittings, skilled forgeries, look-alike strangers: lists of channel matrices (or of raw rows)."""
    w = S.Writer(other=other)
    raw = [w.genuine(0) for _ in range(n0)] + [w.genuine(1) for _ in range(n1)] + [w.genuine(2) for _ in range(n2)]
    fo = []
    for _ in range(forgers):
        f = w.forger()
        fo += [w.forgery(f) for _ in range(attempts)]
    si = [w.sibling().genuine() for _ in range(siblings)]
    sess = np.array([0] * n0 + [1] * n1 + [2] * n2)
    if keep_raw:
        return dict(gen=raw, sess=sess, forg=fo, sib=si)

    return dict(gen=read(raw), sess=sess, forg=read(fo), sib=read(si))


def read(raw):
    return [prep.local(r).astype(np.float16) for r in raw]


def lines(path, kinds=('stylus', 'finger', 'mouse')):
    """People of the testkit's generator (testkit.mjs wrote them): raw rows."""
    for l in open(path):
        d = json.loads(l)
        if d['pointerType'] not in kinds:
            continue

        def raw(s):
            p = np.array([-1 if v is None else v for v in s['p']], float)
            if d['pointerType'] != 'stylus':
                p[:] = -1
            return np.stack([np.array(s['t'], float), s['x'], s['y'], p, np.array(s['pen'], float)], 1)
        yield dict(gen=[raw(s) for sitting in d['sittings'] for s in sitting], forg=[raw(s) for s in d['forgeries']],
                   sess=np.array([j for j, sitting in enumerate(d['sittings']) for _ in sitting]))


def press_anew(many, rng):
    """Another hand on the pen: one gain, curve, saturation and slow course of the pressure for all of these drawings."""
    gain, curve = np.exp(0.3 * rng.standard_normal(2))
    size, phase = 0.08 * rng.standard_normal(3), rng.uniform(0, 2 * np.pi, 3)
    for r in many:
        down = r[:, 3] > 0
        at = np.linspace(0, 1, len(r))[down, None]
        slow = (size * np.sin(np.pi * at * (1, 2, 3) + phase)).sum(1)
        r[down, 3] = np.clip(gain * r[down, 3] ** curve + slow, 0.01, 1)
    return many


def testkit(paths):
    """The same as person() gives, for half of the people with the pressure of each sitting and forgery changed; strangers are drawings of the one before."""
    rng = np.random.default_rng(11)
    out = []
    for path in paths:
        for p in lines(path):
            if rng.random() < 0.5:
                for k in np.unique(p['sess']):
                    press_anew([r for r, s in zip(p['gen'], p['sess']) if s == k], rng)
                for r in p['forg']:
                    press_anew([r], rng)
            p = dict(gen=read(p['gen']), forg=read(p['forg']), sess=p['sess'])
            p['sib'] = (out[-1] if out else p)['gen'][:3]
            out.append(p)
    out[0]['sib'] = out[-1]['gen'][:3]
    return out
