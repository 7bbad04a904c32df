import { deflateSync, crc32 } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import sharp from 'sharp';
import { decodePicture } from '#src/modality/face/preprocess/decode.js';
import { portrait, refusal } from './support.ts';

const jpeg = (bytes: Uint8Array) => ({ mediaType: 'image/jpeg', bytes });
const png = (bytes: Uint8Array) => ({ mediaType: 'image/png', bytes });
const webp = (bytes: Uint8Array) => ({ mediaType: 'image/webp', bytes });

/** Left half red, right half blue. */
const halves = (width = 200, height = 100) =>
  sharp({ create: { width, height, channels: 3, background: '#00f' } }).composite([
    { input: { create: { width: width / 2, height, channels: 3, background: '#f00' } }, left: 0, top: 0 },
  ]);

/** A PNG of grey of any size: a few kB that become gigabytes. */
function bomb(side: number): Buffer {
  const chunk = (name: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.set([8, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc(Math.min(side * (side + 1), 4_000_000)));
  return Buffer.concat([
    Buffer.from('\u0089PNG\r\n\u001A\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('decoding pictures of faces', () => {
  it('gives 8-bit RGB of JPEG, PNG and WebP', async () => {
    for (const [sample] of [
      [jpeg(await halves().jpeg().toBuffer())],
      [png(await halves().png().toBuffer())],
      [webp(await halves().webp().toBuffer())],
    ] as const) {
      const { width, height, data, shrunk } = await decodePicture(sample);
      expect([width, height, data.length, shrunk]).to.deep.equal([200, 100, 60_000, 1]);
      expect(data[3 * 20]).to.be.above(200);
      expect(data[3 * 180 + 2]).to.be.above(200);
    }
  });

  it('turns a picture upright as its EXIF orientation says, before anything else', async () => {
    const turned = await halves().jpeg().withMetadata({ orientation: 6 }).toBuffer();
    const { width, height, data } = await decodePicture(jpeg(turned));
    expect([width, height]).to.deep.equal([100, 200]);
    expect(data[3 * 100 * 20]).to.be.above(200);
    expect(data[3 * 100 * 180 + 2]).to.be.above(200);
  });

  it('shrinks what is large, and says by how much', async () => {
    const { width, height, shrunk } = await decodePicture(jpeg(await halves(1920, 960).jpeg().toBuffer()));
    expect([width, height, shrunk]).to.deep.equal([960, 480, 2]);
  });

  it('takes 16 bits, CMYK, grey and transparent ones for what they show', async () => {
    const deep = await halves().toColourspace('rgb16').png().toBuffer();
    const cmyk = await halves().toColourspace('cmyk').jpeg().toBuffer();
    const grey = await halves().greyscale().png().toBuffer();
    const clear = await halves().ensureAlpha(0.5).png().toBuffer();
    expect((await sharp(deep).metadata()).depth).to.equal('ushort');
    expect((await sharp(cmyk).metadata()).space).to.equal('cmyk');
    for (const sample of [png(deep), jpeg(cmyk), png(grey), png(clear)]) {
      const { data } = await decodePicture(sample);
      expect(data).to.have.length(60_000);
      expect(data[3 * 20]).to.be.above(50);
    }
  });

  it('refuses animations', async () => {
    const frames = await sharp({
      create: { width: 100, height: 200, channels: 3, background: '#f00', pageHeight: 100 } as never,
    })
      .webp({ loop: 0, delay: [100, 100] })
      .toBuffer();
    const animated = await sharp(Buffer.concat([Buffer.alloc(30_000, 200), Buffer.alloc(30_000, 90)]), {
      raw: { width: 100, height: 200, channels: 3, pageHeight: 100 },
    })
      .webp({ loop: 0, delay: [100, 100] })
      .toBuffer();
    expect((await sharp(animated).metadata()).pages ?? 1).to.equal(2);
    expect(await refusal(() => decodePicture(webp(animated)))).to.equal('ASIGNIO_SAMPLE_INVALID');
    expect(frames).to.have.property('length');
  });

  it('refuses a decompression bomb and 50 megapixels without decoding either', async () => {
    for (const side of [16_000, 60_000]) {
      const bytes = bomb(side);
      expect(bytes.length).to.be.below(20_000);
      expect(await refusal(() => decodePicture(png(bytes)))).to.equal('ASIGNIO_SAMPLE_TOO_LARGE');
    }
    const wide = await sharp({ create: { width: 8660, height: 5774, channels: 3, background: '#888' } })
      .jpeg({ quality: 20 })
      .toBuffer();
    expect(await refusal(() => decodePicture(jpeg(wide)))).to.equal('ASIGNIO_SAMPLE_TOO_LARGE');
  });

  it('refuses what is not of the type that it is said to be', async () => {
    const bytes = await halves().png().toBuffer();
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"/>');
    for (const sample of [jpeg(bytes), webp(bytes), png(svg), { mediaType: 'image/svg+xml', bytes: svg }])
      expect(await refusal(() => decodePicture(sample))).to.equal('ASIGNIO_SAMPLE_INVALID');
  });

  it('refuses what is truncated, at any place', async () => {
    const whole = await portrait('ada');
    for (const part of [0.05, 0.3, 0.6, 0.9, 0.99])
      expect(await refusal(() => decodePicture(jpeg(whole.subarray(0, Math.floor(part * whole.length)))))).to.equal(
        'ASIGNIO_SAMPLE_INVALID',
      );
  });

  it('refuses with a code, or decodes within the caps, whatever the bytes are', async function () {
    this.timeout(60_000);
    const source = sharp(await portrait('ada')).resize(96);
    const files = [
      jpeg(await source.clone().jpeg().toBuffer()),
      png(await source.clone().png().toBuffer()),
      webp(await source.clone().webp().toBuffer()),
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(255)), { maxLength: 12 }),
        fc.double({ min: 0.2, max: 1, noNaN: true }),
        async ({ mediaType, bytes }, edits, cut) => {
          const damaged = Uint8Array.from(bytes);
          for (const [at, value] of edits) damaged[Math.floor(at * damaged.length)] = value;
          const sent = cut > 0.8 ? damaged : damaged.slice(0, Math.floor(cut * damaged.length));
          const code = await refusal(async () => {
            const { width, height, data } = await decodePicture({ mediaType, bytes: sent });
            expect(data.length).to.equal(3 * width * height);
            expect(Math.max(width, height)).to.be.at.most(960);
          });
          expect(code).to.be.oneOf(['done', 'ASIGNIO_SAMPLE_INVALID', 'ASIGNIO_SAMPLE_TOO_LARGE']);
        },
      ),
      { numRuns: 400 },
    );
  });
});
