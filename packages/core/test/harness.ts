import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AsignioError, subjectId, tenantId } from '@asignio/contracts';
import type {
  AcquireRequest,
  Clock,
  CompareRequest,
  CompareResult,
  Engine,
  PermitVerifier,
  RawSample,
  StoragePlugin,
} from '@asignio/contracts';
import { createCore } from '@asignio/core';
import type { AsignioCore, CeremonyHandle, CoreOptions, Requester } from '@asignio/core';
import { open, seal } from '@asignio/engine';
import { keysFile } from '@asignio/keys-file';
import { DEFAULT_RETENTION, defaultNotices } from '@asignio/policy';
import { storageLmdb } from '@asignio/storage-lmdb';
import { fakeClock } from '@asignio/testkit';

export const ORIGIN = 'https://app.example';
export const TENANT = tenantId('acme');
export const ADA = subjectId('ada');
export const NOTICES = defaultNotices({ controller: { name: 'Acme', contact: 'privacy@acme.example' } });

/** A sample that the fake engine understands. */
export interface FakeSample {
  readonly who: string;
  /** LLR that a comparison with the own reference gives. */
  readonly score?: number | 'NaN';
  readonly quality?: 'ASIGNIO_QUALITY_TOO_SHORT';
  readonly replay?: boolean;
  readonly malformed?: boolean;
  /** By which a test finds it again. */
  readonly tag?: string;
}

export function sample(value: FakeSample): RawSample {
  return { mediaType: 'application/json', bytes: Buffer.from(JSON.stringify(value)) };
}

/**
 * An engine whose comparisons are written in the sample. It keeps the contract (permits first, sealed parts opaque) and
 * a diary of who was seen.
 */
export class FakeEngine implements Engine {
  readonly seen: string[] = [];
  decoys = 0;
  /** Thrown by the next comparison. */
  fault: AsignioError | undefined;
  /** Runs in the middle of each comparison. */
  during: () => Promise<void> = () => Promise.resolve();
  private readonly permits: PermitVerifier;

  constructor(permits: PermitVerifier) {
    this.permits = permits;
  }

  acquire = async (request: AcquireRequest) => {
    this.permits.verify(request.permit, request.permit);
    const value = this.read(request.sample);
    if (value.quality !== undefined)
      return { accepted: false, findings: [{ code: value.quality, message: 'Draw a little more.' }] };
    return { accepted: true, findings: [], part: Buffer.from(value.who) };
  };

  enrol: Engine['enrol'] = async (request) => {
    this.permits.verify(request.permit, request.permit);
    await this.during();
    const names = new Set(request.parts.map((part) => Buffer.from(part).toString()));
    if (names.size > 1)
      return {
        accepted: false,
        findings: [{ code: 'ASIGNIO_QUALITY_INCONSISTENT', message: 'They differ.' }],
        model: this.model(),
      };
    const reference = Buffer.from([...names][0] as string);
    return {
      accepted: true,
      findings: [],
      reference,
      variant: 'mouse',
      samples: request.parts.length,
      model: this.model(),
    };
  };

  compare = async (request: CompareRequest): Promise<CompareResult> => {
    this.permits.verify(request.permit, request.permit);
    const value = this.read(request.sample);
    await this.during();
    if (this.fault !== undefined) {
      const { fault } = this;
      this.fault = undefined;
      throw fault;
    }
    const [reference] = request.references;
    const own = reference !== undefined && Buffer.from(reference.bytes).toString() === value.who;
    return {
      acquired: true,
      findings: [],
      score: own ? Number(value.score ?? 5) : -5,
      pad: value.replay === true ? { attack: true, species: 'replay' } : { attack: false },
      ...(reference === undefined ? {} : { reference: reference.id }),
      probe: Buffer.from(value.who),
      model: this.model(),
      elapsedMs: 1,
    };
  };

  adapt: Engine['adapt'] = async (request) => {
    this.permits.verify(request.permit, request.permit);
    return { reference: request.reference, samples: 6, established: true };
  };

  reseal: Engine['reseal'] = async ({ permit, direction, reference, outside }) => {
    this.permits.verify(permit, permit);
    // What the fake engine calls sealed is plain here, and sealed in an export as the real one would.
    return direction === 'out' ? seal(outside, reference) : open(outside, reference);
  };

  decoy = async () => {
    this.decoys++;
    await this.during();
  };

  threshold = (_modality: unknown, fmr: number) => -Math.log10(fmr);
  samplesToEnrol = () => 5;
  model = () => ({ name: 'fake', version: '1.0.0' });
  claims: Engine['claims'] = () => ({ falseMatch: null, pad: null });
  stats = () => ({ workers: 1, queued: 0, running: 0, completed: 0, failed: 0, startedAt: 0 });
  warm = () => Promise.resolve();
  close = () => Promise.resolve();

  private read(raw: RawSample): FakeSample {
    const value = JSON.parse(Buffer.from(raw.bytes).toString()) as FakeSample;
    this.seen.push(value.who);
    if (value.malformed === true) throw new AsignioError('ASIGNIO_SAMPLE_INVALID', 'x: must be a number');
    return value;
  }
}

/** Who asks for their own data, and has just typed their password again (R27). */
export function asked(system: { readonly clock: Clock }, subject = ADA): Requester {
  return { tenant: TENANT, subject, proof: { subject, factors: ['password'], at: system.clock.now() } };
}

export type System = Awaited<ReturnType<typeof makeSystem>>;

/** A whole system in a folder of its own, with a clock that only the test moves. */
export async function makeSystem(
  options: Partial<CoreOptions> & { folder?: string; wrap?: (storage: StoragePlugin) => StoragePlugin } = {},
) {
  const { folder: given, wrap, ...rest } = options;
  const folder = given ?? (await mkdtemp(join(tmpdir(), 'asignio-core-')));
  const clock = rest.clock ?? fakeClock();
  const plain = rest.storage ?? storageLmdb({ path: folder, clock, noSync: true });
  const storage = wrap === undefined ? plain : wrap(plain);
  let engine: FakeEngine | undefined;
  const core = await createCore({
    keys: keysFile({ path: join(folder, 'keys.json'), create: true }),
    engine: (permits) => (engine = new FakeEngine(permits)),
    notices: NOTICES,
    retention: DEFAULT_RETENTION,
    sweepEveryMs: 0,
    ...rest,
    storage,
    clock,
  });
  return {
    core,
    folder,
    clock: clock as ReturnType<typeof fakeClock>,
    storage,
    engine: engine as unknown as FakeEngine,
    /** Closes, and keeps the folder for another system. */
    close: () => core.close(),
    dispose: async () => {
      await core.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A call of the store that is about to be made. */
export interface StoreCall {
  readonly name: string;
  /** Of the record or listing; of a log's entry, `log`. */
  readonly kind: string;
  readonly args: readonly unknown[];
}

/** A store that tells `before` of each call, and waits for it. */
export function watched(storage: StoragePlugin, before: (call: StoreCall) => Promise<void> | void): StoragePlugin {
  return new Proxy(storage, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function' || typeof name !== 'string') return method;
      return async (...args: unknown[]) => {
        const [first] = args as [{ kind?: string } | undefined];
        await before({ name, kind: first?.kind ?? 'log', args });
        return Reflect.apply(method, target, args) as unknown;
      };
    },
  });
}

/** The signed release of the notice in force. */
export async function grant(core: AsignioCore, subject = ADA) {
  const notice = await core.subjects.notice(TENANT, 'en');
  return core.subjects.grant({
    tenant: TENANT,
    subject,
    modality: 'signature',
    purposes: ['authentication'],
    noticeVersion: notice.version,
    noticeSha256: notice.sha256,
    language: 'en',
    signature: { method: 'typed-name', name: 'Ada Lovelace' },
  });
}

export async function begin(
  core: AsignioCore,
  kind: 'enrolment' | 'verification',
  subject = ADA,
  signedIn = kind === 'enrolment',
) {
  const { view, binding } = await core.ceremonies.begin({
    tenant: TENANT,
    kind,
    modalities: ['signature'],
    subject,
    signedIn,
    origin: ORIGIN,
  });
  const handle: CeremonyHandle = {
    tenant: TENANT,
    id: view.id,
    binding,
    origin: ORIGIN,
    ...(signedIn ? { requester: subject } : {}),
  };
  return { view, handle };
}

export async function enrol(core: AsignioCore, subject = ADA) {
  const { handle } = await begin(core, 'enrolment', subject);
  for (let n = 0; n < 5; n++) await core.ceremonies.submit(handle, 'signature', sample({ who: subject }));
  return core.ceremonies.complete(handle);
}

/** One sign-in attempt; resolves to the code of the refusal or `accepted`. */
export async function attempt(core: AsignioCore, value: FakeSample, subject = ADA): Promise<string> {
  try {
    const { handle } = await begin(core, 'verification', subject);
    await core.ceremonies.submit(handle, 'signature', sample(value));
    return (await core.ceremonies.complete(handle)).decision ?? 'undecided';
  } catch (error) {
    if (error instanceof AsignioError) return error.code;
    throw error;
  }
}

/** The code that a promise is rejected with. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'resolved';
  } catch (error) {
    return error instanceof AsignioError ? error.code : `unexpected: ${String(error)}`;
  }
}

/** Names of all events, page by page. */
export async function events(core: AsignioCore): Promise<string[]> {
  const names: string[] = [];
  for (;;) {
    const page = await core.audit.read(TENANT, names.length + 1);
    if (page.length === 0) return names;
    names.push(...page.map(({ event }) => event));
  }
}
