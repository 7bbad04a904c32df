import { bindingCookieName, ceremonyId, cookieNames, isBindingCookie, readCookie } from '@asignio/contracts';
import { expect } from 'chai';
import fc from 'fast-check';

const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/).map(ceremonyId);

describe('the cookie of a ceremony', () => {
  it('has a name that a browser keeps to this host over TLS, and that is recognised', () => {
    fc.assert(
      fc.property(id, fc.boolean(), (ceremony, secure) => {
        const name = bindingCookieName(ceremony, secure);
        expect(name).to.match(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/);
        expect(name.startsWith('__Host-')).to.equal(secure);
        expect(isBindingCookie(name)).to.equal(true);
      }),
    );
    for (const other of ['asignio', 'asignio_', 'xasignio_aaaaaaaa', '__Secure-asignio_aaaaaaaa', 'asignio_aaaaaaaaa'])
      expect(isBindingCookie(other)).to.equal(false);
  });

  it('is read back among others, whatever its value', () => {
    fc.assert(
      fc.property(id, fc.string({ minLength: 1, maxLength: 80 }), (ceremony, value) => {
        const name = bindingCookieName(ceremony, false);
        const header = `theme=dark; ${name}=${encodeURIComponent(value)}; session=s%3A1`;
        expect(readCookie(header, name)).to.equal(value);
        expect(cookieNames(header)).to.deep.equal(['theme', name, 'session']);
      }),
    );
  });

  it('is refused where two of its name differ: one of them was planted', () => {
    expect(readCookie('a=1; a=2', 'a')).to.equal(undefined);
    expect(readCookie('a=1; a=', 'a')).to.equal(undefined);
    expect(readCookie('a=1; a=1', 'a')).to.equal('1');
  });

  it('is not there where it is empty, malformed or huge', () => {
    for (const header of [
      undefined,
      '',
      ';',
      'a',
      '=1',
      'a=',
      'b=1',
      'A=1',
      'ab=1',
      'a=%ff',
      'a=%',
      `a=${'x'.repeat(1025)}`,
    ])
      expect(readCookie(header, 'a'), header).to.equal(undefined);
    expect(readCookie(`a=${'x'.repeat(1024)}`, 'a')).to.have.length(1024);
  });

  it('is looked for in any header without an error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ maxLength: 10 }), (header, name) => {
        expect(readCookie(header, name)).to.satisfy(
          (value: unknown) => value === undefined || typeof value === 'string',
        );
      }),
    );
  });
});
