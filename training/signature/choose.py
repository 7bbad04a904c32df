"""Which of several networks is best on held-back synthetic people (seeds 5,000,000 on), alone and fused. This is the only place where networks are chosen.

    python choose.py --net a.pt b.pt --people 80
"""
import argparse
import os

os.environ.setdefault('OMP_NUM_THREADS', '1')

from classical import local, log_score
from evaluate import System, add, load_net, run, scorer
from synth import encoder, line, people, trials


def main():
    a = argparse.ArgumentParser()
    a.add_argument('--net', nargs='+', required=True)
    a.add_argument('--people', type=int, default=80)
    a.add_argument('--first', type=int, default=5000000)
    g = a.parse_args()
    seqs, who = people(g.people, g.first)
    tr = {p: trials(who, proto=p, draws=1) for p in ('p1', 'p2')}
    nets = [(os.path.basename(p), *load_net(p)) for p in g.net]
    for press in (True, False):
        cl = System(seqs, lambda r: local(r, press))
        c = {p: run(cl, *tr[p], log_score) for p in tr}
        for p in tr:
            print(line(f'{p} pressure={press} classical', c[p]), flush=True)
        for n, net, sc in nets:
            s = System(seqs, encoder(net, press))
            for p in tr:
                o = run(s, *tr[p], scorer(sc))
                print(line(f'{p} pressure={press} {n}', o))
                print(line(f'{p} pressure={press} {n} + classical', add(o, c[p])), flush=True)


if __name__ == '__main__':
    main()
