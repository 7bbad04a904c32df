"""Synthetic people in the shape that training and measuring take them: features and labels."""
import numpy as np

import signer as S
from classical import local
from prep import features


def seed(k):
    S.seed(k)
    np.random.seed(k % 2**32)


def person(n0=8, n1=4, n2=3, forgers=3, attempts=3, siblings=3, press=True, keep_raw=False):
    """Genuine signatures of three sittings, skilled forgeries, look-alike strangers: lists of feature matrices."""
    w = S.Writer()
    raw = [w.genuine(0) for _ in range(n0)] + [w.genuine(1) for _ in range(n1)] + [w.genuine(2) for _ in range(n2)]
    fo = []
    for _ in range(forgers):
        f = w.forger()
        fo += [w.forgery(f) for _ in range(attempts)]
    si = [w.sibling().genuine() for _ in range(siblings)]
    sess = np.array([0] * n0 + [1] * n1 + [2] * n2)

    def fe(r):
        return features(r, press).astype(np.float16)
    if keep_raw:
        return dict(gen=raw, sess=sess, forg=fo, sib=si)
    def cl(r):
        return local(r, press).astype(np.float16)
    return dict(cgen=[cl(r) for r in raw], cforg=[cl(r) for r in fo], csib=[cl(r) for r in si], gen=[fe(r) for r in raw], sess=sess, forg=[fe(r) for r in fo], sib=[fe(r) for r in si])
