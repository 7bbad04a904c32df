import { createSecretKey } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { AsignioError, tenantId } from '@asignio/contracts';
import { unwrapKey, wrapKey } from '@asignio/crypto';
import type { WrapContext } from '@asignio/crypto';

const context: WrapContext = {
  root: createSecretKey(Buffer.alloc(32, 8)),
  keyId: 'AAAAAAAAAAA',
  tenant: tenantId('acme'),
  binding: 'binding',
  purpose: 'asignio keys-file v1',
};

function codeOf(action: () => unknown): string {
  try {
    action();
    return 'done';
  } catch (error) {
    return error instanceof AsignioError ? error.code : String(error);
  }
}

describe('R28: a wrapped key', () => {
  it('opens in the context that it was wrapped in', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 64 }), (dataKey) => {
        expect(unwrapKey(context, wrapKey(context, dataKey))).to.deep.equal(Uint8Array.from(dataKey));
      }),
    );
  });

  it('opens in no other', () => {
    const wrapped = wrapKey(context, Buffer.alloc(32, 7));
    for (const other of [
      { root: createSecretKey(Buffer.alloc(32, 9)) },
      { keyId: 'AAAAAAAAAAB' },
      { tenant: tenantId('acme2') },
      { binding: 'binding2' },
      { purpose: 'asignio keys-file v2' },
    ])
      expect(codeOf(() => unwrapKey({ ...context, ...other }, wrapped))).to.equal('ASIGNIO_KEY_REFUSED');
  });

  it('keeps the form that stores hold: one byte, nonce, sealed key, tag', () => {
    // Made before this module had a purpose of its own.
    const stored =
      '011a8d4ba1dcbdcd6609ee5425348d09a63a8b5f295d0b571e4421a41743889e5f0b7e07b9d501bf81ba2dc426c6ef7219b0a4aba81e0481ba01f9637e';
    expect(unwrapKey(context, Buffer.from(stored, 'hex'))).to.deep.equal(new Uint8Array(32).fill(7));
  });
});
