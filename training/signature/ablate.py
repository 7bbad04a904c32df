"""Each idea of the score on and off, on held-back synthetic people: skilled / random EER, references from one sitting (p1) and from any (p2).

    python ablate.py --net weights/net1.pt --testkit build/select.jsonl [--people 60] [--first 7000000]
"""
import argparse
import os

os.environ.setdefault('OMP_NUM_THREADS', '1')
import numpy as np
import torch

from classical import fuse, local
from evaluate import System, load_net, run, untrained
from metrics import eer
from synth import encoder, parts, people, testkit, trials

torch.set_num_threads(1)


def main():
    a = argparse.ArgumentParser()
    a.add_argument('--net', required=True)
    a.add_argument('--testkit', required=True)
    a.add_argument('--people', type=int, default=60)
    a.add_argument('--first', type=int, default=7000000)
    g = a.parse_args()
    net = load_net(g.net)[0]
    control = untrained(dict(width=64, out=32, dil=(1, 2, 4)), 1)[0]
    rows = {}
    for seqs, who in (people(g.people, g.first), testkit(g.testkit)):
        made = {}

        def system(kind, press=True):
            if (kind, press) not in made:
                enc = (lambda r: local(r, press)) if kind == 'classical' else encoder(net if kind == 'network' else control, press)
                made[kind, press] = System(seqs, enc)
            return made[kind, press]
        for p in ('p1', 'p2'):
            tr = trials(who, proto=p, draws=1)

            def both(kind='network', press=True, **form):
                systems = system(kind, press), system('classical', press), system('classical', False)
                return run(systems, *tr, lambda *pairs: fuse(*pairs, **form))
            variants = {
                'as it ships: network + classical': both(),
                'without the classical part': both(share=1.0, guard=0),
                'without the network (classical alone)': both(share=0.0, guard=0, pressed=1),
                'without training (untrained + classical)': both('untrained'),
                'without the guard against strangers': both(guard=0),
                'network share 0.5': both(share=0.5),
                'network share 0.85': both(share=0.85),
                'equal shares, no guard, all pressure (1.0.0)': both(share=0.5, guard=0, pressed=1),
                'pressure in all of the classical part': both(pressed=1),
                'pressure in none of the classical part': both(pressed=0),
                'nearest reference alone': both(nearest=1.0),
                'mean of references alone': both(nearest=0.0),
                "without the person's own variation": both(alpha=0.0),
                'all of the variation divided out': both(alpha=1.0),
                'without pressure': both(press=False),
            }
            for name, out in variants.items():
                k = parts(out)
                rows.setdefault(name, []).append(f'{eer(k["genuine"], k["skilled"]):.1f}/{eer(k["genuine"], k["random"]):.2f}')
    print('| | own p1 | own p2 | testkit p1 | testkit p2 |\n|---|---|---|---|---|')
    for name, cells in rows.items():
        print(f'| {name} | {" | ".join(cells)} |')


if __name__ == '__main__':
    main()
