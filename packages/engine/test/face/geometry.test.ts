import { expect } from 'chai';
import fc from 'fast-check';
import { choose } from '#src/modality/face/preprocess/choose.js';
import { Pyramid } from '#src/modality/face/preprocess/picture.js';
import { poseOf } from '#src/modality/face/preprocess/pose.js';
import { apply, fitSimilarity, inverse } from '#src/modality/face/preprocess/similarity.js';
import { warp } from '#src/modality/face/preprocess/warp.js';
import { suppress } from '#src/modality/face/model/detectors/detector.js';
import type { Detection } from '#src/modality/face/model/detectors/detector.js';

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** A head's nose, chin, eyes' outer and mouth's corners, to the viewer's right, down and away, as 68 points far away. */
function headSeen(turn: (point: readonly [number, number, number]) => readonly [number, number]) {
  const points = Array.from({ length: 68 }, () => ({ x: 0, y: 0 }));
  for (const [at, x, y, z] of [
    [30, 0, 0, 0],
    [8, 0, 330, 65],
    [36, -225, -170, 135],
    [45, 225, -170, 135],
    [48, -150, 150, 125],
    [54, 150, 150, 125],
  ] as const) {
    const [px, py] = turn([x, y, z]);
    points[at] = { x: 300 + 0.4 * px, y: 200 + 0.4 * py };
  }
  return points;
}

const radians = Math.PI / 180;

describe('the pose of a head', () => {
  it('is nought where it looks straight into the camera', () => {
    const { yaw, pitch, roll } = poseOf(headSeen(([x, y]) => [x, y]));
    for (const angle of [yaw, pitch, roll]) expect(angle).to.be.closeTo(0, 1e-6);
  });

  it('is positive to the right of the picture, up, and clockwise, in degrees', () => {
    for (const degrees of [-40, -15, 10, 30]) {
      const [c, s] = [Math.cos(degrees * radians), Math.sin(degrees * radians)];
      // What is near the camera moves in the direction of the turn.
      const right = poseOf(headSeen(([x, y, z]) => [c * x - s * z, y]));
      const up = poseOf(headSeen(([x, y, z]) => [x, c * y + s * z]));
      const clockwise = poseOf(headSeen(([x, y]) => [c * x - s * y, s * x + c * y]));
      expect([right.yaw, right.pitch, right.roll].map(Math.round)).to.deep.equal([degrees, 0, 0].map(Math.round));
      expect(up.pitch).to.be.closeTo(degrees, 1e-6);
      expect(clockwise.roll).to.be.closeTo(degrees, 1e-6);
    }
  });
});

describe('similarities', () => {
  const similarity = fc.record({ a: number(0.2, 3), b: number(-3, 3), x0: number(-99, 99), y0: number(-99, 99) });

  it('are found again from points, and undone by their inverse', () => {
    const from = [
      { x: 0, y: 0 },
      { x: 50, y: 3 },
      { x: 20, y: 70 },
    ];
    fc.assert(
      fc.property(similarity, (place) => {
        const fitted = fitSimilarity(
          from,
          from.map((point) => apply(place, point)),
        )!;
        for (const key of ['a', 'b', 'x0', 'y0'] as const) expect(fitted[key]).to.be.closeTo(place[key], 1e-6);
        const back = apply(inverse(place), apply(place, { x: 12, y: 34 }));
        expect(back.x).to.be.closeTo(12, 1e-6);
        expect(back.y).to.be.closeTo(34, 1e-6);
      }),
    );
  });

  it('are none where all points are one', () => {
    const one = [
      { x: 5, y: 5 },
      { x: 5, y: 5 },
    ];
    expect(
      fitSimilarity(one, [
        { x: 0, y: 0 },
        { x: 1, y: 0 },
      ]),
    ).to.equal(undefined);
  });
});

describe('drawing part of a picture anew', () => {
  const picture = {
    width: 64,
    height: 64,
    data: Uint8Array.from({ length: 3 * 64 * 64 }, (_, i) => 2 * (Math.floor(i / 3) % 64) + (i % 3)),
  };

  it('is exact for whole pixels, between them linear, and black beyond the border', () => {
    const data = warp(new Pyramid(picture), { a: 1, b: 0, x0: 10.5, y0: 20 }, 4, 4);
    expect(Array.from(data).slice(0, 4)).to.deep.equal([21, 23, 25, 27]);
    expect(data[16]).to.equal(22);
    expect([...warp(new Pyramid(picture), { a: 1, b: 0, x0: 200, y0: 0 }, 2, 2)]).to.deep.equal(
      Array.from({ length: 12 }, () => 0),
    );
  });

  it('takes the mean of what it makes smaller', () => {
    const data = warp(new Pyramid(picture), { a: 4, b: 0, x0: 1.5, y0: 1.5 }, 16, 16);
    for (let u = 1; u < 15; u++) expect(data[16 * 5 + u]).to.be.closeTo(2 * (4 * u + 1.5), 1.01);
  });
});

describe('the face that matters', () => {
  const face = (x: number, y: number, side: number, score = 0.9): Detection => ({
    score,
    box: { x: x - side / 2, y: y - side / 2, width: side, height: side },
    eyes: [
      { x, y },
      { x, y },
    ],
    nose: { x, y },
    mouth: [
      { x, y },
      { x, y },
    ],
  });
  const picture = { width: 640, height: 480, data: new Uint8Array(0) };

  it('is the one in the middle, whoever passes by', () => {
    const chosen = choose([face(320, 240, 200), face(80, 200, 90), face(600, 100, 150)], picture);
    expect(chosen).to.deep.include({ kind: 'one' });
    expect(chosen).to.have.nested.property('face.box.width', 200);
  });

  it('is none where two are as important', () => {
    expect(choose([face(200, 240, 160), face(440, 240, 165)], picture)).to.deep.equal({ kind: 'several' });
    expect(choose([], picture)).to.deep.equal({ kind: 'none' });
  });

  it('is not rivalled by what is hardly a face', () => {
    expect(choose([face(320, 240, 160), face(340, 240, 300, 0.4)], picture).kind).to.equal('one');
  });

  it('is one of boxes that overlap: the best', () => {
    const kept = suppress([face(320, 240, 160, 0.7), face(325, 240, 160, 0.9), face(100, 100, 50, 0.6)], 0.3);
    expect(kept.map(({ score }) => score)).to.deep.equal([0.9, 0.6]);
  });
});
