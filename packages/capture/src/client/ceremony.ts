import type { SignatureSample } from '../sample/format.ts';
import type {
  BeginOptions,
  CaptureModality,
  CeremonyView,
  PromptAnswer,
  PromptBegin,
  PromptView,
  SampleCount,
} from './client.ts';
import { ConnectionError, ProblemError, type Finding } from './problem.ts';

/** What a person sees of a ceremony: one step a screen. */
export type CeremonyStep =
  | { readonly step: 'starting' }
  /** The surface is open; findings are about the drawing before. */
  | { readonly step: 'drawing'; readonly count: SampleCount; readonly findings: readonly Finding[] }
  /** The camera is open; without a prompt the next challenge is not begun yet. Findings are about the pictures before. */
  | {
      readonly step: 'facing';
      readonly count: SampleCount;
      readonly findings: readonly Finding[];
      readonly prompt?: PromptView;
    }
  | { readonly step: 'sending'; readonly count: SampleCount }
  | { readonly step: 'deciding'; readonly count: SampleCount }
  | { readonly step: 'accepted'; readonly ceremony: CeremonyView }
  /** `notVerified`: a verification was not accepted, and nobody says why. `refused`: an enrolment, with findings. */
  | { readonly step: 'notVerified' | 'refused'; readonly findings: readonly Finding[] }
  | { readonly step: 'waiting'; readonly ms: number }
  | { readonly step: 'disabled' | 'expired' | 'signIn' }
  | { readonly step: 'consent'; readonly stale: boolean }
  /** The line broke; `kept` says that a drawing waits to be sent. */
  | { readonly step: 'offline'; readonly kept: boolean }
  | { readonly step: 'failed'; readonly code: string };

/** What a ceremony needs of the client. */
export interface CeremonyCalls {
  begin(options: BeginOptions): Promise<CeremonyView>;
  view(id: string): Promise<CeremonyView>;
  submit(id: string, sample: SignatureSample): Promise<SampleCount>;
  prompt(id: string, modality: CaptureModality, answer?: PromptAnswer | PromptBegin): Promise<PromptView>;
  submitFace(id: string, frames: Uint8Array<ArrayBuffer>): Promise<SampleCount>;
  complete(id: string): Promise<CeremonyView>;
}

/** Waits, for so many ms. */
export type Wait = (ms: number) => Promise<void>;

/** A sample that is on its way. */
interface Pending {
  readonly modality: CaptureModality;
  readonly send: (ceremony: string) => Promise<SampleCount>;
}

/** A server that is busy is asked again, so often and after at most so long. */
const BUSY_TRIES = 4;
const BUSY_MS = 5_000;
const NONE: SampleCount = { needed: 0, received: 0 };

/**
 * Runs one ceremony after another, and tells which step the person is at. Knows nothing of the DOM.
 *
 * When the line breaks it does not send a drawing twice: a copy of a drawing would be refused as one. It asks the
 * ceremony what arrived, and goes on from there.
 */
export class CeremonyRun {
  readonly #calls: CeremonyCalls;
  readonly #options: BeginOptions;
  readonly #show: (step: CeremonyStep) => void;
  readonly #wait: Wait;
  #ceremony: CeremonyView | undefined;
  #counts: CeremonyView['samples'] = {};
  #pending: readonly Pending[] = [];
  #together = false;
  #busy = false;
  #stopped = false;

  constructor(
    calls: CeremonyCalls,
    options: BeginOptions,
    show: (step: CeremonyStep) => void,
    wait: Wait = (ms) => new Promise((done) => void setTimeout(done, ms)),
  ) {
    this.#calls = calls;
    this.#options = options;
    this.#show = show;
    this.#wait = wait;
  }

  /** Begins, or begins anew. */
  begin(): Promise<void> {
    return this.#alone(async () => {
      this.#forget();
      this.#tell({ step: 'starting' });
      this.#know(await this.#patiently(() => this.#calls.begin(this.#options)));
      this.#capture([]);
    });
  }

  /** Takes one drawing; when it is the last one, asks for the decision. */
  submit(sample: SignatureSample): Promise<void> {
    return this.#alone(async () => {
      this.#pending = [this.#drawing(sample)];
      await this.#send();
    });
  }

  /**
   * Begins a challenge in front of the camera, or answers its open step; when all are answered, sends the pictures.
   * @param pack all pictures of the challenge, asked for when they are to be sent
   * @param drawing what was drawn in the step that is answered
   */
  face(
    answer: PromptAnswer | undefined,
    pack: () => Uint8Array<ArrayBuffer>,
    drawing?: SignatureSample,
  ): Promise<void> {
    return this.#alone(async () => {
      const { id } = this.#known();
      const together = this.#togetherNow;
      const said = answer ?? (together ? ({ beside: 'signature' } as const) : undefined);
      const prompt = await this.#patiently(() => this.#calls.prompt(id, 'face', said));
      if (together && !this.together) return this.#capture([]);
      if (prompt.prompt !== null)
        return this.#tell({ step: 'facing', count: this.#count('face'), findings: [], prompt });
      const frames = pack();
      this.#pending = [
        ...(drawing === undefined ? [] : [this.#drawing(drawing)]),
        { modality: 'face', send: (own) => this.#calls.submitFace(own, frames) },
      ];
      await this.#send();
    });
  }

  /** Whether the ceremony takes drawing and face in one sitting alone. Known once it has begun. */
  get onlyTogether(): boolean {
    return this.#ceremony?.together === true;
  }

  /**
   * Whether the drawing is to be made while the camera looks. Set back in a ceremony, it goes on one after the other, where
   * it may.
   */
  get together(): boolean {
    return this.#together || this.onlyTogether;
  }

  set together(value: boolean) {
    const apart = this.#together && !value && !this.onlyTogether;
    this.#together = value;
    if (apart) void this.#alone(async () => this.#capture([]));
  }

  /** Goes on after a broken line. */
  resume(): Promise<void> {
    return this.#alone(async () => {
      if (this.#ceremony === undefined) {
        this.#tell({ step: 'starting' });
        this.#know(await this.#patiently(() => this.#calls.begin(this.#options)));
        return this.#capture([]);
      }
      const before = this.#counts;
      const modality = this.#pending[0]?.modality ?? this.#missing() ?? 'signature';
      this.#tell({ step: this.#pending.length === 0 ? 'deciding' : 'sending', count: this.#count(modality) });
      const view = await this.#calls.view(this.#ceremony.id);
      this.#know(view);
      if (view.state === 'expired') return this.#expire();
      if (view.state === 'decided' || view.state === 'redeemed') return this.#decided(view);
      this.#pending = this.#pending.filter(
        (one) => this.#count(one.modality).received <= (before[one.modality]?.received ?? 0),
      );
      return this.#send();
    });
  }

  /** Stops telling; what is on its way is let go. */
  stop(): void {
    this.#stopped = true;
    this.#forget();
  }

  async #send(): Promise<void> {
    const { id } = this.#known();
    for (const { modality, send } of this.#pending) {
      this.#tell({ step: 'sending', count: this.#count(modality) });
      const count = await this.#patiently(() => send(id));
      this.#counts = { ...this.#counts, [modality]: count };
      this.#pending = this.#pending.slice(1);
    }
    await this.#proceed();
  }

  #drawing(sample: SignatureSample): Pending {
    return { modality: 'signature', send: (id) => this.#calls.submit(id, sample) };
  }

  async #proceed(): Promise<void> {
    if (this.#missing() !== undefined) return this.#capture([]);
    this.#tell({ step: 'deciding', count: this.#count(this.#modalities.at(-1) ?? 'signature') });
    const { id } = this.#known();
    this.#decided(await this.#patiently(() => this.#calls.complete(id)));
  }

  #decided(view: CeremonyView): void {
    if (view.decision === 'accepted') return this.#tell({ step: 'accepted', ceremony: view });
    this.#tell({ step: view.kind === 'enrolment' ? 'refused' : 'notVerified', findings: [] });
  }

  /** Opens what takes the next sample. */
  #capture(findings: readonly Finding[]): void {
    const modality = this.#togetherNow ? 'face' : (this.#missing() ?? 'signature');
    this.#tell({ step: modality === 'face' ? 'facing' : 'drawing', count: this.#count(modality), findings });
  }

  get #modalities(): readonly CaptureModality[] {
    return this.#options.modalities ?? ['signature'];
  }

  /** Whether a drawing and a face are both still to come, and together. */
  get #togetherNow(): boolean {
    return this.together && (['signature', 'face'] as const).every((one) => this.#isMissing(one));
  }

  #isMissing(modality: CaptureModality): boolean {
    return this.#modalities.includes(modality) && this.#count(modality).received < this.#count(modality).needed;
  }

  /** The first modality of which samples are still to come. */
  #missing(): CaptureModality | undefined {
    return this.#modalities.find((modality) => this.#isMissing(modality));
  }

  #count(modality: CaptureModality): SampleCount {
    return this.#counts[modality] ?? NONE;
  }

  #know(view: CeremonyView): void {
    this.#ceremony = view;
    this.#counts = view.samples;
  }

  #expire(): void {
    this.#forget();
    this.#tell({ step: 'expired' });
  }

  #forget(): void {
    this.#ceremony = undefined;
    this.#pending = [];
    this.#counts = {};
  }

  #known(): CeremonyView {
    if (this.#ceremony === undefined) throw new ProblemError(409, { code: 'ASIGNIO_CEREMONY_UNKNOWN' });
    return this.#ceremony;
  }

  #tell(step: CeremonyStep): void {
    if (!this.#stopped) this.#show(step);
  }

  /** One thing at a time: a second tap while the first is under way does nothing. */
  async #alone(work: () => Promise<void>): Promise<void> {
    if (this.#busy || this.#stopped) return;
    this.#busy = true;
    try {
      await work();
    } catch (error) {
      this.#explain(error);
    } finally {
      this.#busy = false;
    }
  }

  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof ProblemError) || error.status !== 503 || tries >= BUSY_TRIES || this.#stopped)
          throw error;
        await this.#wait(Math.min(BUSY_MS, error.retryAfterMs ?? 500 * tries));
      }
    }
  }

  #explain(error: unknown): void {
    if (error instanceof ConnectionError) return this.#tell({ step: 'offline', kept: this.#pending.length > 0 });
    if (!(error instanceof ProblemError)) return this.#tell({ step: 'failed', code: 'ASIGNIO_INTERNAL' });
    const { code, status } = error;
    if (status === 503) return this.#tell({ step: 'offline', kept: this.#pending.length > 0 });
    const hadSample = this.#pending.length > 0;
    this.#pending = [];
    switch (code) {
      case 'ASIGNIO_CEREMONY_EXPIRED':
      case 'ASIGNIO_CEREMONY_UNKNOWN':
      case 'ASIGNIO_CEREMONY_USED':
        return this.#expire();
      case 'ASIGNIO_NOT_VERIFIED':
        return this.#tell({ step: 'notVerified', findings: error.findings });
      case 'ASIGNIO_ENROLMENT_REFUSED':
        return this.#tell({ step: 'refused', findings: error.findings });
      case 'ASIGNIO_CONSENT_REQUIRED':
      case 'ASIGNIO_CONSENT_STALE':
        return this.#tell({ step: 'consent', stale: code === 'ASIGNIO_CONSENT_STALE' });
      case 'ASIGNIO_ATTEMPTS_DISABLED':
        return this.#tell({ step: 'disabled' });
      case 'ASIGNIO_SIGN_IN_REQUIRED':
      case 'ASIGNIO_CEREMONY_SUBJECT':
        return this.#tell({ step: 'signIn' });
      default:
        if (status === 429) return this.#tell({ step: 'waiting', ms: error.retryAfterMs ?? 30_000 });
        if ((hadSample && code.startsWith('ASIGNIO_QUALITY_')) || code === 'ASIGNIO_PROMPT_TIMING')
          return this.#capture(error.findings.length > 0 ? error.findings : [{ code, message: error.remedy }]);
        return this.#tell({ step: 'failed', code });
    }
  }
}
