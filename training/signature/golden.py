"""Golden vectors: synthetic signatures, what the network reads and makes of the first, and whole comparisons with five references.

    python golden.py --onnx signature.onnx --out golden

The engine's tests hold the same numbers against its own code.
"""
import argparse
import json
import os

os.environ.setdefault('OMP_NUM_THREADS', '1')
import numpy as np
import onnxruntime as ort

import data
import signer as S
from align import _many
from classical import fuse, local
from prep import features

REFERENCES = 5


def pair(A, B):
    E = np.ascontiguousarray(np.concatenate([A, B]), np.float32)
    z = np.array([0])
    return float(_many(E, np.array([0, len(A)]), np.array([len(A), len(B)]), z, z + 1)[0][0])


def score_inputs(P, R):
    dq = np.array([[pair(P, r) for r in R]], np.float32)
    K = len(R)
    dr = np.zeros((K, K), np.float32)
    for i in range(K):
        for j in range(i):
            dr[i, j] = dr[j, i] = pair(R[i], R[j])
    return dq, dr


def rnd(a, d=5):
    return np.round(np.asarray(a, np.float64), d).tolist()


def browser_like(raw):
    """The pen is up where rows are missing, and the point of a lift repeats the last pressure: as capture records it."""
    r = np.round(raw, 4)
    r[:, 0] = np.round(r[:, 0] - r[0, 0], 4)
    d = np.diff(r[:, 0])
    r[:-1][d > max(3.5 * np.median(d), 35.0), 4] = 0
    if r[0, 3] < 0:
        return r
    for i in range(1, len(r)):
        if r[i, 4] == 0:
            r[i, 3] = r[i - 1, 3]
    return r


def main():
    a = argparse.ArgumentParser()
    a.add_argument('--onnx', required=True)
    a.add_argument('--out', default='golden')
    g = a.parse_args()
    os.makedirs(g.out, exist_ok=True)
    s = ort.InferenceSession(g.onnx)
    doc = []
    k = 0
    want = [True, True, False]
    while want:
        k += 1
        data.seed(7000000 + k)
        w = S.Writer()
        raws = [browser_like(r) for r in [w.genuine(0) for _ in range(REFERENCES)] + [w.genuine(1), w.forgery(w.forger()), w.sibling().genuine()]]
        has = raws[0][:, 3].max() >= 0
        if max(map(len, raws)) > 170 or len(raws[0]) < 60 or has != want[0] or min(np.diff(r[:, 0]).min() for r in raws) <= 0:
            continue
        want.pop(0)
        feats = [features(r) for r in raws]
        emb = [s.run(None, {'features': np.ascontiguousarray(f[: len(f) // 2 * 2].T)[None]})[0][0] for f in feats]
        loc, shape = [local(r) for r in raws], [local(r, False) for r in raws]
        kinds = ['reference'] * REFERENCES + ['genuine', 'forgery', 'stranger']
        out = dict(samples=[dict(kind=n, t=rnd(r[:, 0], 4), x=rnd(r[:, 1], 4), y=rnd(r[:, 2], 4), pressure=rnd(r[:, 3]) if has else None,
                                 pen=[int(v) for v in r[:, 4]]) for n, r in zip(kinds, raws)],
                   input_of_sample_0=rnd(feats[0], 4), embedding_of_sample_0=rnd(emb[0], 4), trials=[])
        for q in range(REFERENCES, len(raws)):
            dq, dr = score_inputs(emb[q], emb[:REFERENCES])
            cq, cr = score_inputs(loc[q], loc[:REFERENCES])
            fused = float(fuse((dq, dr), (cq, cr), score_inputs(shape[q], shape[:REFERENCES]))[0])
            out['trials'].append(dict(probe=q, references=list(range(REFERENCES)), network_distances=rnd(dq[0]), classical_distances=rnd(cq[0]), fused=round(fused, 5)))
        json.dump(out, open(os.path.join(g.out, f'signer{len(doc)}.json'), 'w'), separators=(',', ':'))
        doc.append(out)
        print(len(doc), out['trials'])


if __name__ == '__main__':
    main()
