import { expect } from 'chai';
import fc from 'fast-check';
import { createEncoder, weightsOf } from '#src/kernel/encoder.js';
import type { NetworkShape } from '#src/kernel/encoder.js';
import { MOST_ROWS } from '#src/kernel/sequence.js';
import type { Sequence } from '#src/kernel/sequence.js';

const shapes = fc.record<NetworkShape>({
  members: fc.integer({ min: 1, max: 3 }),
  inputs: fc.integer({ min: 1, max: 5 }),
  width: fc.constantFrom(4, 8),
  outputs: fc.constantFrom(4, 8),
  taps: fc.constantFrom(1, 3, 7),
  dilations: fc.array(fc.constantFrom(1, 2, 4, 8), { maxLength: 3 }),
});
const numbers = (length: number, seed: number): Float32Array => {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2_147_483_648 - 1;
  });
};

type Channels = number[][];

/** The network as it is defined, slowly. */
function defined(shape: NetworkShape, weights: Float32Array, { data, length }: Sequence): number[] {
  let at = 0;
  const rows = length - (length % 2);
  const convolve = (input: Channels, outputs: number, taps: number, dilation: number): Channels => {
    const from = at;
    at += outputs * input.length * taps + outputs;
    return Array.from({ length: outputs }, (_, o) =>
      Array.from({ length: input[0]!.length }, (_row, t) => {
        let sum = weights[from + outputs * input.length * taps + o]!;
        for (const [c, channel] of input.entries())
          for (let k = 0; k < taps; k++)
            sum +=
              weights[from + (o * input.length + c) * taps + k]! * (channel[t + (k - (taps - 1) / 2) * dilation] ?? 0);
        return sum;
      }),
    );
  };
  const positive = (channels: Channels): Channels =>
    channels.map((channel) => channel.map((value) => Math.max(0, value)));
  const input = Array.from({ length: shape.inputs }, (_, c) =>
    Array.from({ length: rows }, (_row, t) => data[c * length + t]!),
  );
  return Array.from({ length: shape.members }, () => {
    let now = positive(convolve(input, shape.width, shape.taps, 1)).map((channel) =>
      Array.from({ length: rows / 2 }, (_, t) => (channel[2 * t]! + channel[2 * t + 1]!) / 2),
    );
    for (const dilation of shape.dilations) {
      const more = positive(convolve(now, shape.width, 3, dilation));
      now = now.map((channel, c) => channel.map((value, t) => value + more[c]![t]!));
    }
    return convolve(now, shape.outputs, 1, 1);
  }).flat(2);
}

describe('network kernel', () => {
  it('gives what the definition gives, for any shape and length', () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 2, max: 60 }), fc.integer(), (shape, length, seed) => {
        const weights = numbers(weightsOf(shape), seed).map((value) => value / 4);
        const input = { length, data: numbers(length * shape.inputs, seed + 1) };
        const made = createEncoder(shape, weights).encode(input);
        const wanted = defined(shape, weights, input);
        expect(made).to.have.length(wanted.length);
        for (const [i, value] of wanted.entries()) expect(made[i]).to.be.closeTo(value, 1e-4 * (1 + Math.abs(value)));
      }),
      { numRuns: 60 },
    );
  });

  const shape: NetworkShape = { members: 2, inputs: 13, width: 64, outputs: 32, taps: 7, dilations: [1, 2, 4] };
  const weights = numbers(weightsOf(shape), 1);

  it('is not disturbed by what it read before', () => {
    const encoder = createEncoder(shape, weights);
    const input = { length: 50, data: numbers(50 * 13, 2) };
    const before = encoder.encode(input);
    encoder.encode({ length: 700, data: numbers(700 * 13, 3) });
    expect(encoder.encode(input)).to.deep.equal(before);
  });

  it('takes the longest drawing and refuses a longer one', () => {
    const encoder = createEncoder(shape, weights);
    const most = 2 * MOST_ROWS;
    expect(encoder.encode({ length: most + 1, data: new Float32Array((most + 1) * 13) })).to.have.length(
      64 * MOST_ROWS,
    );
    expect(() => encoder.encode({ length: most + 2, data: new Float32Array((most + 2) * 13) })).to.throw(RangeError);
  });

  it('refuses weights that are not of the shape, and a network that does not fit', () => {
    expect(() => createEncoder(shape, weights.subarray(1))).to.throw(/shape/);
    const vast = { ...shape, width: 256 };
    expect(() => createEncoder(vast, new Float32Array(weightsOf(vast)))).to.throw(/too large/);
  });
});
