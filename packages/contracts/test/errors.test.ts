import { readFile } from 'node:fs/promises';
import { AsignioError, ERRORS, toProblem } from '@asignio/contracts';
import type { ErrorCode, ErrorSpec } from '@asignio/contracts';
import { expect } from 'chai';
import fc from 'fast-check';

const CODES = Object.keys(ERRORS) as ErrorCode[];
const ROOT = new URL('../../../', import.meta.url);
const code = fc.constantFrom(...CODES);
const canary = fc.stringMatching(/^[A-Za-z0-9]{8,16}$/).map((text) => `canary-${text}`);

describe('the catalogue of errors', () => {
  for (const [name, spec] of Object.entries<ErrorSpec>(ERRORS))
    it(`${name} has a status, a title and a sentence that says what to do`, () => {
      expect(name).to.match(/^ASIGNIO(?:_[A-Z0-9]+)+$/);
      expect(spec.status).to.be.within(400, 599);
      expect(spec.title).to.match(/^[A-Z].*[^.]$/);
      expect(spec.remedy).to.match(/^[A-Z].*\.$/);
    });

  it('is what docs/errors.md says, both ways', async () => {
    const { renderErrors } = (await import(new URL('scripts/docs-errors.mjs', ROOT).href)) as {
      renderErrors: (errors: typeof ERRORS) => string;
    };
    const written = await readFile(new URL('docs/errors.md', ROOT), 'utf8');
    const documented = [...written.matchAll(/^\| `(ASIGNIO_\w+)` \|/gm)].map(([, name]) => name);
    expect(documented).to.have.members(CODES);
    expect(written).to.equal(renderErrors(ERRORS));
  });
});

describe('AsignioError', () => {
  it('says its title where there is no detail, and knows its status and remedy', () => {
    for (const one of CODES) {
      const error = new AsignioError(one);
      expect(error).to.be.instanceOf(Error);
      expect(error).to.include({ name: 'AsignioError', code: one, message: ERRORS[one].title });
      expect(error).to.include({ status: ERRORS[one].status, remedy: ERRORS[one].remedy });
    }
  });

  it('keeps its cause to itself', () => {
    const cause = new Error('below');
    expect(new AsignioError('ASIGNIO_KEY_REFUSED', 'detail', { cause }).cause).to.equal(cause);
    expect('cause' in new AsignioError('ASIGNIO_KEY_REFUSED')).to.equal(false);
  });
});

describe('a problem document', () => {
  it('has the members of RFC 9457, the code, and nothing that was not meant for it', () => {
    fc.assert(
      fc.property(code, canary, canary, fc.nat(), (one, detail, secret, retryAfterMs) => {
        fc.pre(!detail.includes(secret));
        fc.pre(!detail.includes(secret));
        const error = new AsignioError(one, detail, { cause: new Error(secret), retryAfterMs });
        Object.assign(error, { subject: secret, score: secret });
        const problem = toProblem(error);
        expect(Object.keys(problem)).to.have.members(['type', 'title', 'status', 'detail', 'code', 'remedy']);
        expect(problem).to.include({ type: `urn:asignio:error:${one}`, code: one, status: ERRORS[one].status });
        expect(JSON.stringify(problem)).to.not.contain(secret);
        expect(problem.detail).to.equal(ERRORS[one].status >= 500 ? ERRORS[one].title : detail);
      }),
    );
  });

  it('of an error that is not ours shows nothing of it', () => {
    const text = canary.chain((secret) =>
      fc.tuple(
        fc.constant(secret),
        fc.constantFrom<(secret: string) => unknown>(
          (hidden) => new Error(hidden),
          (hidden) => new TypeError('x', { cause: hidden }),
          (hidden) => ({ code: 'ASIGNIO_NOT_FOUND', message: hidden, status: 404 }),
          (hidden) =>
            Object.assign(new Error(hidden), { name: 'AsignioError', code: 'ASIGNIO_NOT_FOUND', status: 404 }),
          (hidden) => hidden,
          (hidden) => [hidden],
        ),
      ),
    );
    fc.assert(
      fc.property(text, ([secret, make]) => {
        const problem = toProblem(make(secret));
        expect(problem).to.include({ code: 'ASIGNIO_INTERNAL', status: 500, detail: ERRORS.ASIGNIO_INTERNAL.title });
        expect(JSON.stringify(problem)).to.not.contain(secret);
      }),
    );
    for (const nothing of [undefined, null, 0]) expect(toProblem(nothing).code).to.equal('ASIGNIO_INTERNAL');
  });

  it('carries the findings of a sample, for the person', () => {
    const findings = [{ code: 'ASIGNIO_QUALITY_TOO_SHORT', message: 'Draw a little more.' }];
    expect(toProblem(new AsignioError('ASIGNIO_ENROLMENT_REFUSED', undefined, { findings })).findings).to.deep.equal(
      findings,
    );
  });
});
