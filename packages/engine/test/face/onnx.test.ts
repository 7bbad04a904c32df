import { expect } from 'chai';
import fc from 'fast-check';
import { loadNetwork } from '#src/modality/face/model/network.js';
import { OnnxGraph } from '#src/models/onnx/graph.js';
import { forbiddenIn } from '#src/models/onnx/inspect.js';
import { ProtobufWriter } from '#src/models/onnx/protobuf.js';
import { refusal } from './support.ts';

function double(): Uint8Array {
  const graph = new OnnxGraph('double');
  const x = graph.input('x', ['n', 2]);
  graph.output(graph.node('Add', [x, x]), 'y', ['n', 2]);
  return graph.bytes();
}

/** A file with one node that has this attribute. */
function withAttribute(attribute: ProtobufWriter): Uint8Array {
  const node = new ProtobufWriter().text(4, 'Loop').message(5, attribute);
  return new ProtobufWriter().integer(1, 8).message(7, new ProtobufWriter().message(1, node)).bytes();
}

describe('ONNX files', () => {
  it('run as they were written', async () => {
    const network = await loadNetwork(double(), 'double');
    expect([...(await network.run(Float32Array.of(1, 2, 3, 4), [2, 2]))['y']!]).to.deep.equal([2, 4, 6, 8]);
  });

  it('are written alike each time, so that a hash can name them', () => {
    expect(double()).to.deep.equal(double());
  });

  it('with loops, branches, functions or weights elsewhere are not run', async () => {
    const inner = new ProtobufWriter().text(2, 'endless');
    const outside = new ProtobufWriter().message(5, new ProtobufWriter().integer(14, 1));
    for (const bytes of [
      withAttribute(new ProtobufWriter().text(1, 'body').message(6, inner)),
      withAttribute(new ProtobufWriter().text(1, 'bodies').message(11, inner)),
      new ProtobufWriter().message(25, inner).bytes(),
      new ProtobufWriter().message(7, outside).bytes(),
    ]) {
      expect(forbiddenIn(bytes)).to.be.a('string');
      expect(await refusal(() => loadNetwork(bytes, 'bad'))).to.equal('ASIGNIO_MODEL_INVALID');
    }
    expect(forbiddenIn(double())).to.equal(undefined);
  });

  it('that give what is no number fail', async () => {
    const network = await loadNetwork(double(), 'double');
    expect(await refusal(() => network.run(Float32Array.of(Number.NaN, 1), [1, 2]))).to.equal('ASIGNIO_ENGINE_FAILED');
    expect(await refusal(() => network.run(Float32Array.of(3e38, 1), [1, 2]))).to.equal('ASIGNIO_ENGINE_FAILED');
  });

  it('that are damaged are refused with a code', async () => {
    const whole = double();
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), async (at, value, cut) => {
        const bytes = Uint8Array.from(whole);
        bytes[at] = value;
        const code = await refusal(() => loadNetwork(cut ? bytes.subarray(0, at) : bytes, 'damaged'));
        expect(code).to.be.oneOf(['done', 'ASIGNIO_MODEL_INVALID']);
      }),
      { numRuns: 150 },
    );
  });
});
