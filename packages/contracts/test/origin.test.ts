import { requestOrigin } from '@asignio/contracts';
import type { RequestSource } from '@asignio/contracts';
import { expect } from 'chai';
import fc from 'fast-check';

const APP = 'https://app.example';
const OTHER = 'https://other.example:8443';
const ALLOWED = [APP, OTHER];

const from = (source: Partial<RequestSource>, allowed = ALLOWED): string | undefined =>
  requestOrigin({ origin: undefined, fetchSite: undefined, self: APP, changes: true, ...source }, allowed);

describe('the origin of a request', () => {
  it('is what Origin says, where that is allowed exactly', () => {
    expect(from({ origin: APP })).to.equal(APP);
    expect(from({ origin: OTHER })).to.equal(OTHER);
    for (const origin of [
      `${APP}/`,
      `${APP}:443`,
      'http://app.example',
      'https://APP.example',
      `${APP}.evil.example`,
      '',
    ])
      expect(from({ origin, fetchSite: 'same-origin' }), origin).to.equal(undefined);
  });

  it('is the host’s own where Origin is missing or opaque and the browser vouches for it', () => {
    for (const origin of [undefined, 'null']) {
      expect(from({ origin, fetchSite: 'same-origin' })).to.equal(APP);
      expect(from({ origin, fetchSite: 'same-origin', self: OTHER })).to.equal(OTHER);
      for (const fetchSite of [undefined, 'same-site', 'cross-site', 'none', 'SAME-ORIGIN', 'same-origin, same-origin'])
        expect(from({ origin, fetchSite }), `${String(origin)} ${String(fetchSite)}`).to.equal(undefined);
    }
  });

  it('is found behind a proxy that ends TLS', () => {
    expect(from({ fetchSite: 'same-origin', self: 'http://app.example' })).to.equal(APP);
  });

  it('is none for a change at a host that is not listed, be it the only one', () => {
    expect(from({ fetchSite: 'same-origin', self: 'https://evil.example' }, [APP])).to.equal(undefined);
  });

  it('need not be proved by what only reads, but is refused where it is another', () => {
    expect(from({ changes: false })).to.equal(APP);
    expect(from({ changes: false, self: 'http://10.0.0.1:3000' }, [APP])).to.equal(APP);
    expect(from({ changes: false, self: 'http://10.0.0.1:3000' })).to.equal(undefined);
    expect(from({ changes: false, origin: 'https://evil.example' })).to.equal(undefined);
    expect(from({ changes: false, origin: 'null' })).to.equal(undefined);
  });

  it('is one of the allowed or none, whatever the headers say', () => {
    const header = fc.option(fc.oneof(fc.constantFrom(APP, 'null', 'same-origin', 'cross-site'), fc.string()), {
      nil: undefined,
    });
    fc.assert(
      fc.property(
        header,
        header,
        fc.oneof(fc.constant(APP), fc.string()),
        fc.boolean(),
        (origin, fetchSite, self, changes) => {
          const found = requestOrigin({ origin, fetchSite, self, changes }, ALLOWED);
          if (found !== undefined) expect(ALLOWED).to.include(found);
          if (changes && origin !== APP && fetchSite !== 'same-origin') expect(found).to.equal(undefined);
        },
      ),
    );
  });
});
