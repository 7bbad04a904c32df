import { AsignioError, SIGNATURE_MEDIA_TYPE } from '@asignio/contracts';
import type { AcquireRequest, CompareRequest, CompareResult, Engine, PermitVerifier } from '@asignio/contracts';

/** A sample that the fake engine understands: who drew it, and how well. */
export interface FakeDrawing {
  readonly who: string;
  readonly score?: number;
}

export function drawing(value: FakeDrawing) {
  return { mediaType: SIGNATURE_MEDIA_TYPE, bytes: Buffer.from(JSON.stringify(value)) };
}

/** Compares what is written in the sample: what this bridge does with a decision does not hang on how it was made. */
export class FakeEngine implements Engine {
  private readonly permits: PermitVerifier;

  constructor(permits: PermitVerifier) {
    this.permits = permits;
  }

  acquire: Engine['acquire'] = async (request: AcquireRequest) => {
    this.permits.verify(request.permit, request.permit);
    return { accepted: true, findings: [], part: Buffer.from(read(request.sample.bytes).who) };
  };

  enrol: Engine['enrol'] = async (request) => {
    this.permits.verify(request.permit, request.permit);
    const [reference] = request.parts;
    return {
      accepted: true,
      findings: [],
      reference: reference as Uint8Array,
      variant: 'mouse',
      samples: request.parts.length,
      model: this.model(),
    };
  };

  compare = async (request: CompareRequest): Promise<CompareResult> => {
    this.permits.verify(request.permit, request.permit);
    const { who, score = 5 } = read(request.sample.bytes);
    const [reference] = request.references;
    const own = reference !== undefined && Buffer.from(reference.bytes).toString() === who;
    return {
      acquired: true,
      findings: [],
      score: own ? score : -5,
      pad: { attack: false },
      ...(reference === undefined ? {} : { reference: reference.id }),
      probe: Buffer.from(who),
      model: this.model(),
      elapsedMs: 1,
    };
  };

  adapt: Engine['adapt'] = async ({ permit, reference }) => {
    this.permits.verify(permit, permit);
    return { reference, samples: 6, established: true };
  };

  reseal: Engine['reseal'] = () => Promise.reject(new AsignioError('ASIGNIO_INTERNAL', 'Nobody exports here'));
  decoy = () => Promise.resolve();
  threshold = (_modality: unknown, fmr: number) => -Math.log10(fmr);
  samplesToEnrol = () => 5;
  model = () => ({ name: 'fake', version: '1.0.0' });
  claims: Engine['claims'] = () => ({ falseMatch: null, pad: null });
  stats = () => ({ workers: 1, queued: 0, running: 0, completed: 0, failed: 0, startedAt: 0 });
  warm = () => Promise.resolve();
  close = () => Promise.resolve();
}

function read(bytes: Uint8Array): FakeDrawing {
  return JSON.parse(Buffer.from(bytes).toString()) as FakeDrawing;
}
