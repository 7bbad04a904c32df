import { expect } from 'chai';
import type {
  CaptureModality,
  CeremonyKind,
  CeremonyView,
  PromptAnswer,
  PromptBegin,
  PromptView,
} from '#src/client/client.js';
import { CeremonyRun, type CeremonyCalls, type CeremonyStep } from '#src/client/ceremony.js';
import { ConnectionError, ProblemError } from '#src/client/problem.js';
import type { SignatureSample } from '#src/sample/format.js';

const sample = (tag: number): SignatureSample => ({
  format: 'asignio-signature/1',
  pointerType: 'finger',
  canvas: { width: 1, height: 1 },
  pixelRatio: 1,
  x: [tag],
  y: [0],
  t: [0],
  pressure: [null],
  pen: [0],
});

/** A server in memory. `fail` makes the next call of a name fail: before it has acted, or after. */
class Server implements CeremonyCalls {
  readonly taken: number[] = [];
  readonly faces: number[] = [];
  readonly waits: number[] = [];
  readonly asked: (PromptAnswer | PromptBegin | undefined)[] = [];
  readonly begun: CeremonyKind[] = [];
  state: CeremonyView['state'] = 'open';
  /** Takes drawing and face in one sitting alone. */
  onlyTogether = false;
  readonly #needed: number;
  readonly #failures: { name: keyof CeremonyCalls; when: 'before' | 'after'; error: Error }[] = [];
  #kind: CeremonyKind;

  constructor(kind: CeremonyKind) {
    this.#kind = kind;
    this.#needed = kind === 'enrolment' ? 5 : 1;
  }

  fail(name: keyof CeremonyCalls, error: Error, when: 'before' | 'after' = 'before'): this {
    this.#failures.push({ name, when, error });
    return this;
  }

  begin({ kind }: { kind: CeremonyKind }): Promise<CeremonyView> {
    return this.#act('begin', () => {
      this.begun.push(kind);
      this.#kind = kind;
      this.taken.length = 0;
      return this.#view();
    });
  }

  view(): Promise<CeremonyView> {
    return this.#act('view', () => this.#view());
  }

  submit(_id: string, { x }: SignatureSample) {
    return this.#act('submit', () => {
      this.taken.push(x[0] ?? 0);
      return { needed: this.#needed, received: this.taken.length };
    });
  }

  /** Two steps: the second prompt comes for the answer to the first. */
  prompt(_id: string, _modality: CaptureModality, answer?: PromptAnswer | PromptBegin): Promise<PromptView> {
    return this.#act('prompt', () => {
      this.asked.push(answer);
      const step = answer !== undefined && 'step' in answer ? answer.step + 1 : 0;
      const prompt = ['look-straight', 'blink'][step] ?? null;
      return { nonce: 'n', step, steps: 2, prompt, leastMs: 0, mostMs: 1 };
    });
  }

  submitFace(_id: string, frames: Uint8Array) {
    return this.#act('submitFace', () => {
      this.faces.push(frames[0] ?? 0);
      return { needed: 1, received: this.faces.length };
    });
  }

  complete(): Promise<CeremonyView> {
    return this.#act('complete', () => {
      this.state = 'decided';
      return this.#view();
    });
  }

  #view(): CeremonyView {
    return {
      id: 'c',
      kind: this.#kind,
      state: this.state,
      samples: {
        signature: { needed: this.#needed, received: this.taken.length },
        face: { needed: 1, received: this.faces.length },
      },
      ...(this.onlyTogether ? { together: true } : {}),
      expiresAt: '2026-01-01T00:00:00Z',
      ...(this.state === 'decided' ? { decision: 'accepted' } : {}),
    };
  }

  async #act<T>(name: keyof CeremonyCalls, work: () => T): Promise<T> {
    const next = this.#failures.findIndex((failure) => failure.name === name);
    const [failure] = next < 0 ? [] : this.#failures.splice(next, 1);
    if (failure?.when === 'before') throw failure.error;
    const result = work();
    if (failure !== undefined) throw failure.error;
    return result;
  }
}

function running(kind: CeremonyKind, modalities?: readonly CaptureModality[]) {
  const server = new Server(kind);
  const steps: CeremonyStep[] = [];
  const run = new CeremonyRun(
    server,
    { kind, ...(modalities === undefined ? {} : { modalities }) },
    (step) => steps.push(step),
    async (ms) => void server.waits.push(ms),
  );
  return { server, run, steps, last: () => steps.at(-1) };
}

const refused = (status: number, code: string, retryAfterMs?: number): ProblemError =>
  new ProblemError(status, { code, findings: [{ code, message: 'Do better.' }] }, retryAfterMs);

describe('a ceremony as a person goes through it', () => {
  it('takes five drawings, counting, and says that the signature is set', async () => {
    const { run, server, steps, last } = running('enrolment');
    await run.begin();
    for (const tag of [1, 2, 3, 4, 5]) await run.submit(sample(tag));
    expect(server.taken).to.deep.equal([1, 2, 3, 4, 5]);
    expect(steps.filter(({ step }) => step === 'drawing')).to.have.length(5);
    expect(last()).to.include({ step: 'accepted' });
  });

  it('shows what to do better, and does not count that drawing', async () => {
    const { run, server, last } = running('enrolment');
    await run.begin();
    server.fail('submit', refused(422, 'ASIGNIO_QUALITY_TOO_SIMPLE'));
    await run.submit(sample(1));
    expect(last()).to.deep.equal({
      step: 'drawing',
      count: { needed: 5, received: 0 },
      findings: [{ code: 'ASIGNIO_QUALITY_TOO_SIMPLE', message: 'Do better.' }],
    });
  });

  it('does not send a drawing again that arrived although the line broke', async () => {
    const { run, server, last } = running('enrolment');
    await run.begin();
    server.fail('submit', new ConnectionError('lost'), 'after');
    await run.submit(sample(1));
    expect(last()).to.deep.equal({ step: 'offline', kept: true });
    await run.resume();
    expect(server.taken).to.deep.equal([1]);
    expect(last()).to.deep.include({ step: 'drawing', count: { needed: 5, received: 1 } });
  });

  it('sends a drawing again that did not arrive', async () => {
    const { run, server, last } = running('verification');
    await run.begin();
    server.fail('submit', new ConnectionError('lost'));
    await run.submit(sample(7));
    await run.resume();
    expect(server.taken).to.deep.equal([7]);
    expect(last()).to.include({ step: 'accepted' });
  });

  it('asks for the decision once more when its answer was lost', async () => {
    const { run, server, last } = running('verification');
    await run.begin();
    server.fail('complete', new ConnectionError('lost'), 'after');
    await run.submit(sample(7));
    expect(last()).to.deep.equal({ step: 'offline', kept: false });
    await run.resume();
    expect(last()).to.include({ step: 'accepted' });
  });

  it('begins when the line is back, where it broke before the beginning', async () => {
    const { run, server, last } = running('verification');
    server.fail('begin', new ConnectionError('lost'));
    await run.begin();
    expect(last()).to.deep.equal({ step: 'offline', kept: false });
    await run.resume();
    expect(last()).to.include({ step: 'drawing' });
  });

  it('waits for a busy server as long as it says, a few times, and then asks the person', async () => {
    const { run, server, last } = running('verification');
    await run.begin();
    server.fail('submit', refused(503, 'ASIGNIO_ENGINE_BUSY', 200));
    server.fail('submit', refused(503, 'ASIGNIO_ENGINE_BUSY', 60_000));
    await run.submit(sample(1));
    expect(server.waits).to.deep.equal([200, 5_000]);
    expect(last()).to.include({ step: 'accepted' });

    const other = running('verification');
    await other.run.begin();
    for (let i = 0; i < 4; i += 1) other.server.fail('submit', refused(503, 'ASIGNIO_ENGINE_BUSY'));
    await other.run.submit(sample(1));
    expect(other.last()).to.deep.equal({ step: 'offline', kept: true });
  });

  for (const [code, status, step] of [
    ['ASIGNIO_NOT_VERIFIED', 401, 'notVerified'],
    ['ASIGNIO_ENROLMENT_REFUSED', 422, 'refused'],
    ['ASIGNIO_CEREMONY_EXPIRED', 410, 'expired'],
    ['ASIGNIO_CEREMONY_UNKNOWN', 404, 'expired'],
    ['ASIGNIO_CEREMONY_USED', 409, 'expired'],
    ['ASIGNIO_CONSENT_REQUIRED', 403, 'consent'],
    ['ASIGNIO_CONSENT_STALE', 403, 'consent'],
    ['ASIGNIO_ATTEMPTS_WAIT', 429, 'waiting'],
    ['ASIGNIO_RATE_LIMITED', 429, 'waiting'],
    ['ASIGNIO_ATTEMPTS_DISABLED', 429, 'disabled'],
    ['ASIGNIO_SIGN_IN_REQUIRED', 401, 'signIn'],
    ['ASIGNIO_CEREMONY_SUBJECT', 403, 'signIn'],
    ['ASIGNIO_INTERNAL', 500, 'failed'],
  ] as const)
    it(`leads on from ${code}`, async () => {
      const { run, server, last } = running('verification');
      await run.begin();
      server.fail('complete', refused(status, code));
      await run.submit(sample(1));
      expect(last()).to.include({ step });
    });

  it('begins anew after it has expired', async () => {
    const { run, server, last } = running('enrolment');
    await run.begin();
    server.state = 'expired';
    server.fail('submit', new ConnectionError('lost'));
    await run.submit(sample(1));
    await run.resume();
    expect(last()).to.deep.equal({ step: 'expired' });
    server.state = 'open';
    await run.begin();
    expect(server.begun).to.have.length(2);
    expect(last()).to.deep.include({ step: 'drawing', count: { needed: 5, received: 0 } });
  });

  it('ignores a second tap while the first is under way, and everything once it is stopped', async () => {
    const { run, server, steps } = running('enrolment');
    await run.begin();
    await Promise.all([run.submit(sample(1)), run.submit(sample(2))]);
    expect(server.taken).to.deep.equal([1]);
    run.stop();
    const before = steps.length;
    await run.submit(sample(3));
    await run.begin();
    expect(steps).to.have.length(before);
  });

  it('asks prompt by prompt in front of the camera, and sends the pictures when all are answered', async () => {
    const { run, server, steps, last } = running('verification', ['face']);
    const pack = () => Uint8Array.of(7);
    await run.begin();
    expect(last()).to.deep.equal({ step: 'facing', count: { needed: 1, received: 0 }, findings: [] });
    await run.face(undefined, pack);
    expect(last()).to.have.nested.property('prompt.prompt', 'look-straight');
    await run.face({ step: 0, commitment: 'a' }, pack);
    expect(last()).to.have.nested.property('prompt.prompt', 'blink');
    expect(server.faces).to.deep.equal([]);
    await run.face({ step: 1, commitment: 'b' }, pack);
    expect(server.faces).to.deep.equal([7]);
    expect(last()).to.include({ step: 'accepted' });
    expect(steps.filter(({ step }) => step === 'drawing')).to.have.length(0);
  });

  it('takes a drawing and then the face, and asks for the decision once both are there', async () => {
    const { run, server, steps, last } = running('verification', ['signature', 'face']);
    await run.begin();
    expect(last()).to.include({ step: 'drawing' });
    await run.submit(sample(1));
    expect(last()).to.include({ step: 'facing' });
    for (const step of [undefined, 0, 1])
      await run.face(step === undefined ? undefined : { step, commitment: 'c' }, () => Uint8Array.of(1));
    expect(server.faces).to.deep.equal([1]);
    expect(steps.filter(({ step }) => step === 'deciding')).to.have.length(1);
    expect(last()).to.include({ step: 'accepted' });
  });

  it('begins with the first prompt again when one was not answered in its time', async () => {
    const { run, server, last } = running('verification', ['face']);
    await run.begin();
    await run.face(undefined, () => Uint8Array.of(1));
    server.fail('prompt', refused(409, 'ASIGNIO_PROMPT_TIMING'));
    await run.face({ step: 0, commitment: 'a' }, () => Uint8Array.of(1));
    expect(last()).to.include({ step: 'facing' }).and.not.have.property('prompt');
  });

  it('does not send pictures again that arrived although the line broke', async () => {
    const { run, server, last } = running('verification', ['face']);
    await run.begin();
    server.fail('submitFace', new ConnectionError('lost'), 'after');
    for (const step of [undefined, 0, 1])
      await run.face(step === undefined ? undefined : { step, commitment: 'c' }, () => Uint8Array.of(1));
    expect(last()).to.deep.equal({ step: 'offline', kept: true });
    await run.resume();
    expect(server.faces).to.deep.equal([1]);
    expect(last()).to.include({ step: 'accepted' });
  });

  describe('with a drawing made while the camera looks', () => {
    const pack = () => Uint8Array.of(5);

    async function signing() {
      const all = running('verification', ['signature', 'face']);
      all.run.together = true;
      await all.run.begin();
      expect(all.last()).to.include({ step: 'facing' });
      await all.run.face(undefined, pack);
      expect(all.server.asked).to.deep.equal([{ beside: 'signature' }]);
      await all.run.face({ step: 0, commitment: 'a' }, pack);
      return all;
    }

    it('sends the drawing, then the pictures, and asks for the decision once', async () => {
      const { run, server, steps, last } = await signing();
      await run.face({ step: 1, commitment: 'b' }, pack, sample(3));
      expect([server.taken, server.faces]).to.deep.equal([[3], [5]]);
      expect(steps.filter(({ step }) => step === 'drawing')).to.have.length(0);
      expect(steps.filter(({ step }) => step === 'deciding')).to.have.length(1);
      expect(last()).to.include({ step: 'accepted' });
    });

    for (const [lost, when] of [
      ['submit', 'after'],
      ['submit', 'before'],
      ['submitFace', 'after'],
      ['submitFace', 'before'],
    ] as const)
      it(`sends each once where the line broke ${when} ${lost}`, async () => {
        const { run, server, last } = await signing();
        server.fail(lost, new ConnectionError('lost'), when);
        await run.face({ step: 1, commitment: 'b' }, pack, sample(3));
        expect(last()).to.deep.equal({ step: 'offline', kept: true });
        await run.resume();
        expect([server.taken, server.faces]).to.deep.equal([[3], [5]]);
        expect(last()).to.include({ step: 'accepted' });
      });

    it('goes on one after the other in the same ceremony for whoever would rather, prompts on their way or not', async () => {
      const { run, server, last } = await signing();
      const late = run.face({ step: 0, commitment: 'a' }, pack);
      run.together = false;
      await late;
      expect(last()).to.include({ step: 'drawing' });
      await run.submit(sample(4));
      expect(last()).to.include({ step: 'facing' });
      await run.face(undefined, pack);
      expect(server.asked.at(-1)).to.equal(undefined);
      expect(server.begun).to.have.length(1);
    });

    it('does not go one after the other where the ceremony takes both in one sitting alone', async () => {
      const { run, server, steps, last } = running('verification', ['signature', 'face']);
      server.onlyTogether = true;
      run.together = false;
      await run.begin();
      expect(run.onlyTogether).to.equal(true);
      expect(last()).to.include({ step: 'facing' });
      await run.face(undefined, pack);
      expect(server.asked).to.deep.equal([{ beside: 'signature' }]);
      run.together = false;
      await run.face({ step: 0, commitment: 'a' }, pack);
      await run.face({ step: 1, commitment: 'b' }, pack, sample(3));
      expect(steps.filter(({ step }) => step === 'drawing')).to.have.length(0);
      expect([server.taken, server.faces]).to.deep.equal([[3], [5]]);
      expect(last()).to.include({ step: 'accepted' });
    });

    it('begins with the first prompt again after one that was not answered in its time, still together', async () => {
      const { run, server, last } = await signing();
      server.fail('prompt', refused(409, 'ASIGNIO_PROMPT_TIMING'));
      await run.face({ step: 1, commitment: 'b' }, pack, sample(3));
      expect(last()).to.include({ step: 'facing' });
      await run.face(undefined, pack);
      expect(server.asked.at(-1)).to.deep.equal({ beside: 'signature' });
    });
  });
});
