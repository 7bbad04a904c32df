"""Golden vectors: synthetic signatures, their feature matrix, the network's output, and one whole verification."""
import argparse
import json
import os

os.environ.setdefault('OMP_NUM_THREADS', '1')
import numpy as np
import onnxruntime as ort

import data
import signer as S
from align import _many
from calibrate import scorer
from classical import local, log_score
from evaluate import load_net
from prep import features


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


def main():
    a = argparse.ArgumentParser()
    a.add_argument('--net', required=True)
    a.add_argument('--onnx', required=True)
    a.add_argument('--calibration', required=True)
    a.add_argument('--out', default='golden')
    g = a.parse_args()
    os.makedirs(g.out, exist_ok=True)
    _, sc = load_net(g.net)
    cal = json.load(open(g.calibration))
    s = ort.InferenceSession(g.onnx)
    doc = []
    k = 0
    want = [True, True, False]
    while want:
        k += 1
        data.seed(7000000 + k)
        w = S.Writer()
        raws = [w.genuine(0) for _ in range(3)] + [w.genuine(1), w.forgery(w.forger())]
        raws = [np.round(r, 4) for r in raws]
        has = raws[0][:, 3].max() >= 0
        if len(raws[0]) > 170 or len(raws[0]) < 60 or has != want[0]:
            continue
        want.pop(0)
        feats = [features(r)[:, :s.get_inputs()[0].shape[1]] for r in raws]
        emb = [s.run(None, {'features': np.ascontiguousarray(f[: len(f) // 2 * 2].T)[None]})[0][0] for f in feats]
        loc = [local(r) for r in raws]
        out = dict(pressure=bool(has), samples=[dict(kind=n, t=rnd(r[:, 0], 4), x=rnd(r[:, 1], 4), y=rnd(r[:, 2], 4),
                   pressure=rnd(r[:, 3], 5) if has else None, pen=rnd(r[:, 4], 0)) for n, r in zip(['reference'] * 3 + ['genuine', 'forgery'], raws)])
        # features of what is written, so that rounding is in both
        out['features_of_sample_0'] = rnd(feats[0])
        out['embedding_of_sample_0'] = rnd(emb[0])
        out['classical_of_sample_0'] = rnd(loc[0])
        out['trials'] = []
        for q in (3, 4):
            dq, dr = score_inputs(emb[q], emb[:3])
            cq, cr = score_inputs(loc[q], loc[:3])
            n = float(scorer(sc)(dq, dr)[0])
            c = float(log_score(cq, cr)[0])
            f = cal['fusion']['network'] * n + cal['fusion']['classical'] * c
            t = cal['llr']['pressure' if has else 'none']['3']
            out['trials'].append(dict(probe=q, references=[0, 1, 2], network_distances=rnd(dq[0]), network_between=rnd(dr), classical_distances=rnd(cq[0]),
                                      classical_between=rnd(cr), network_score=round(n, 5), classical_score=round(c, 5), fused=round(f, 5),
                                      llr_skilled=round(t['skilled'][0] - t['skilled'][1] * f, 4), llr_random=round(t['random'][0] - t['random'][1] * f, 4)))
        json.dump(out, open(os.path.join(g.out, f'signer{len(doc)}.json'), 'w'), separators=(',', ':'))
        doc.append(out)
        print(len(doc), out['trials'])


if __name__ == '__main__':
    main()
