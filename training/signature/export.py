"""Write the network as ONNX, by hand (five convolutions need no exporter), and check it against PyTorch.

    python export.py --net build/net.pt --out signature.onnx
"""
import argparse
import os

os.environ.setdefault('OMP_NUM_THREADS', '1')
import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from evaluate import load_net


def build(net, meta):
    init, nodes = [], []

    def w(name, t):
        init.append(numpy_helper.from_array(t.detach().numpy().astype(np.float32), name))
        return name

    def conv(src, dst, c, name, **kw):
        nodes.append(helper.make_node('Conv', [src, w(name + '.w', c.weight), w(name + '.b', c.bias)], [dst], name, **kw))
    conv('features', 'i0', net.inp, 'inp', pads=[3, 3])
    nodes.append(helper.make_node('Relu', ['i0'], ['i1']))
    nodes.append(helper.make_node('AveragePool', ['i1'], ['h0'], kernel_shape=[2], strides=[2]))
    for k, (c, d) in enumerate(zip(net.res, net.dil)):
        conv(f'h{k}', f'c{k}', c, f'res{k}', pads=[d, d], dilations=[d])
        nodes.append(helper.make_node('Relu', [f'c{k}'], [f'r{k}']))
        nodes.append(helper.make_node('Add', [f'h{k}', f'r{k}'], [f'h{k + 1}']))
    conv(f'h{len(net.dil)}', 'l', net.lin, 'lin')
    nodes.append(helper.make_node('Transpose', ['l'], ['embedding'], perm=[0, 2, 1]))
    g = helper.make_graph(nodes, 'signature', [helper.make_tensor_value_info('features', TensorProto.FLOAT, ['batch', net.ch, 'time'])],
                          [helper.make_tensor_value_info('embedding', TensorProto.FLOAT, ['batch', 'half', net.out])], init)
    m = helper.make_model(g, opset_imports=[helper.make_opsetid('', 17)], producer_name='asignio-training')
    m.ir_version = 8
    helper.set_model_props(m, meta)
    onnx.checker.check_model(m)
    return m


def main():
    a = argparse.ArgumentParser()
    a.add_argument('--net', required=True)
    a.add_argument('--out', default='signature.onnx')
    g = a.parse_args()
    ck = torch.load(g.net)
    net, sc = load_net(g.net)
    m = build(net, dict(name='asignio-signature', seed=str(ck['seed']), steps=str(ck['steps']), writers=str(ck['writers']), data='synthetic only'))
    onnx.save(m, g.out)
    import onnxruntime as ort
    so = ort.SessionOptions()
    so.intra_op_num_threads = 1
    s = ort.InferenceSession(g.out, so)
    worst = 0
    for T in (8, 64, 250, 602):
        x = np.random.default_rng(T).standard_normal((1, net.ch, T)).astype(np.float32)
        with torch.no_grad():
            e = net(torch.from_numpy(x))[0].t().numpy()
        worst = max(worst, np.abs(s.run(None, {'features': x})[0][0] - e).max())
    print(f'{g.out}: {os.path.getsize(g.out)} bytes, largest difference from PyTorch {worst:.2e}')
    assert worst < 1e-4


if __name__ == '__main__':
    main()
