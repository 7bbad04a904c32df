"""Write one network or several side by side as one ONNX file, by hand (convolutions need no exporter), and check it against PyTorch.

    python export.py --net build/net.pt [more.pt ...] --out signature.onnx
"""
import argparse
import os

os.environ.setdefault('OMP_NUM_THREADS', '1')
import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from evaluate import load_net


def build(nets, meta):
    init, nodes, ends = [], [], []

    def w(name, t):
        init.append(numpy_helper.from_array(t.detach().numpy().astype(np.float32), name))
        return name

    def conv(src, dst, c, name, **kw):
        nodes.append(helper.make_node('Conv', [src, w(name + '.w', c.weight), w(name + '.b', c.bias)], [dst], name, **kw))
    for i, net in enumerate(nets):
        p = f'm{i}.'
        conv('features', p + 'i0', net.inp, p + 'inp', pads=[3, 3])
        nodes.append(helper.make_node('Relu', [p + 'i0'], [p + 'i1']))
        nodes.append(helper.make_node('AveragePool', [p + 'i1'], [p + 'h0'], kernel_shape=[2], strides=[2]))
        for k, (c, d) in enumerate(zip(net.res, net.dil)):
            conv(f'{p}h{k}', f'{p}c{k}', c, f'{p}res{k}', pads=[d, d], dilations=[d])
            nodes.append(helper.make_node('Relu', [f'{p}c{k}'], [f'{p}r{k}']))
            nodes.append(helper.make_node('Add', [f'{p}h{k}', f'{p}r{k}'], [f'{p}h{k + 1}']))
        conv(f'{p}h{len(net.dil)}', p + 'l', net.lin, p + 'lin')
        ends.append(p + 'l')
    net = nets[0]
    nodes.append(helper.make_node('Concat', ends, ['joined'], axis=1))
    nodes.append(helper.make_node('Transpose', ['joined'], ['embedding'], perm=[0, 2, 1]))
    g = helper.make_graph(nodes, 'signature', [helper.make_tensor_value_info('features', TensorProto.FLOAT, ['batch', net.ch, 'time'])],
                          [helper.make_tensor_value_info('embedding', TensorProto.FLOAT, ['batch', 'half', net.out * len(nets)])], init)
    m = helper.make_model(g, opset_imports=[helper.make_opsetid('', 17)], producer_name='asignio-training')
    m.ir_version = 8
    helper.set_model_props(m, meta)
    onnx.checker.check_model(m)
    return m


def main():
    a = argparse.ArgumentParser()
    a.add_argument('--net', nargs='+', required=True)
    a.add_argument('--out', default='signature.onnx')
    g = a.parse_args()
    cks = [torch.load(p) for p in g.net]
    nets = [load_net(p)[0] for p in g.net]
    m = build(nets, dict(name='asignio-signature', data='synthetic only', **{k: ','.join(str(c[k]) for c in cks) for k in ('seed', 'steps', 'writers')}))
    onnx.save(m, g.out)
    import onnxruntime as ort
    so = ort.SessionOptions()
    so.intra_op_num_threads = 1
    s = ort.InferenceSession(g.out, so)
    worst = 0
    for T in (8, 64, 250, 602):
        x = np.random.default_rng(T).standard_normal((1, nets[0].ch, T)).astype(np.float32)
        with torch.no_grad():
            e = torch.cat([net(torch.from_numpy(x)) for net in nets], 1)[0].t().numpy()
        worst = max(worst, np.abs(s.run(None, {'features': x})[0][0] - e).max())
    print(f'{g.out}: {os.path.getsize(g.out)} bytes, largest difference from PyTorch {worst:.2e}')
    assert worst < 1e-4


if __name__ == '__main__':
    main()
