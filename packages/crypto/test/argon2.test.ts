import { expect } from 'chai';
import { hash } from '@node-rs/argon2';
import { AsignioError } from '@asignio/contracts';
import { DEFAULT_ARGON2, MIN_ARGON2, deriveKey, isWeaker, parseArgon2 } from '@asignio/crypto';

const QUICK = { memoryKiB: 64, passes: 3, parallelism: 1, salt: Buffer.alloc(16, 2) };

describe('a key of a passphrase', () => {
  it('is what Argon2id, version 0x13, makes of it', async () => {
    const key = await deriveKey(Buffer.from('correct horse battery staple'), QUICK);
    const encoded = await hash('correct horse battery staple', {
      memoryCost: 64,
      timeCost: 3,
      parallelism: 1,
      outputLen: 32,
      salt: QUICK.salt,
    });
    expect(encoded).to.match(/^\$argon2id\$v=19\$m=64,t=3,p=1\$/);
    expect(key.export().toString('base64').replaceAll('=', '')).to.equal(encoded.split('$').at(-1));
  });

  it('leaves nothing of the passphrase behind', async () => {
    const passphrase = Buffer.from('correct horse battery staple');
    await deriveKey(passphrase, QUICK);
    expect(passphrase.every((byte) => byte === 0)).to.equal(true);
  });

  it('is another one for another salt, memory, number of passes or lanes', async () => {
    const keys = new Set<string>();
    for (const other of [{}, { salt: Buffer.alloc(16, 3) }, { memoryKiB: 65 }, { passes: 4 }, { parallelism: 2 }])
      keys.add((await deriveKey(Buffer.from('passphrase'), { ...QUICK, ...other })).export().toString('hex'));
    expect(keys.size).to.equal(5);
  });

  it('is not made with parameters out of bounds', async () => {
    for (const other of [{ memoryKiB: 2 ** 40 }, { passes: 0 }, { parallelism: 9 }, { salt: Buffer.alloc(8) }]) {
      let error: unknown;
      try {
        await deriveKey(Buffer.from('passphrase'), { ...QUICK, ...other });
      } catch (thrown) {
        error = thrown;
      }
      expect(error, JSON.stringify(other)).to.be.instanceOf(AsignioError);
    }
  });

  it('reads stored parameters back, and nothing else', () => {
    const text = { memoryKiB: 64, passes: 3, parallelism: 1, salt: Buffer.alloc(16, 2).toString('base64url') };
    expect(parseArgon2(text)).to.deep.equal(QUICK);
    for (const other of [undefined, null, 'x', [], {}, { ...text, salt: '' }, { ...text, passes: 1.5 }])
      expect(parseArgon2(other)).to.equal(undefined);
  });

  it('costs no less than what is recommended', () => {
    expect(isWeaker(DEFAULT_ARGON2, MIN_ARGON2)).to.equal(false);
    expect(isWeaker(MIN_ARGON2, DEFAULT_ARGON2)).to.equal(true);
    expect(isWeaker(DEFAULT_ARGON2, DEFAULT_ARGON2)).to.equal(false);
  });
});
