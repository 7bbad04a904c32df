import { randomBytes } from 'node:crypto';
import { AsignioError, ceremonyId, consentId } from '@asignio/contracts';
import type { CeremonyId, ConsentId, Decision } from '@asignio/contracts';
import type {
  AsignioCore,
  BeginCeremony,
  CeremonyHandle,
  CeremonyState,
  CeremonyView,
  ConsentView,
  GrantRequest,
} from '@asignio/core';
import { fakeRights } from './fake-rights.js';
import type { Call } from './fake-rights.js';

interface Ceremony {
  readonly request: BeginCeremony;
  readonly binding: string;
  state: CeremonyState;
  received: number;
  decision?: Decision;
}

/** What the next calls do, where a test wants something else than success. */
export interface Script {
  begin?: AsignioError | Error;
  view?: AsignioError | Error;
  submit?: AsignioError | Error;
  complete?: AsignioError | Error;
  ready?: Error | Promise<never>;
  /** Runs while a call is inside the core. */
  inside?: (call: string) => void;
}

/** A part of the core that no test of this package enters. */
function unentered(name: string): never {
  return new Proxy({} as never, {
    get: () => {
      throw new Error(`FakeCore has no ${name}`);
    },
  });
}

/** An AsignioCore of one process and no biometrics: ceremonies go through their states, and a script says how they end. */
export class FakeCore implements AsignioCore {
  readonly script: Script = {};
  /** Calls that change something, in order. */
  readonly changes: string[] = [];
  readonly begun: BeginCeremony[] = [];
  readonly handles: CeremonyHandle[] = [];
  readonly samples: Uint8Array[] = [];
  /** The arrays themselves that were handed in. */
  readonly handed: Uint8Array[] = [];
  readonly granted: GrantRequest[] = [];
  readonly modalities = ['signature'] as const;
  readonly assurance: { profiles: AsignioCore['assurance']['profiles']; obstacles: () => readonly string[] } = {
    profiles: [],
    obstacles: () => [],
  };
  /** A test that acts as an operator hands in what it needs. */
  governance: AsignioCore['governance'] = unentered('governance');
  /** Calls into the rooms of rights. */
  readonly calls: Call[] = [];
  readonly rights: AsignioCore['rights'];
  readonly reviews: AsignioCore['reviews'];
  readonly guardians: AsignioCore['guardians'];
  readonly cabinet: AsignioCore['cabinet'] = unentered('cabinet');
  readonly holds: AsignioCore['holds'] = unentered('holds');
  readonly messages = unentered('messages');
  readonly retention: AsignioCore['retention'] = unentered('retention');
  readonly locations = unentered('locations');
  now = Date.parse('2026-01-01T00:00:00Z');
  private readonly known = new Map<CeremonyId, Ceremony>();
  private readonly consentsOf = new Map<string, ConsentView[]>();

  constructor() {
    const rooms = fakeRights((...call) => void this.calls.push(call));
    this.rights = rooms.rights;
    this.reviews = rooms.reviews;
    this.guardians = rooms.guardians;
  }

  readonly ceremonies: AsignioCore['ceremonies'] = {
    begin: async (request) => {
      this.enter('begin', this.script.begin);
      this.begun.push(request);
      this.changes.push('begin');
      const id = ceremonyId(randomBytes(32).toString('base64url'));
      const binding = randomBytes(32).toString('base64url');
      this.known.set(id, { request, binding, state: 'open', received: 0 });
      return { view: this.shown(id), binding };
    },
    view: async (handle) => {
      this.enter('view', this.script.view);
      this.find(handle);
      return this.shown(handle.id);
    },
    prompt: async (handle, _modality, answer) => {
      this.find(handle);
      this.changes.push('prompt');
      const step = answer !== undefined && 'step' in answer ? answer.step + 1 : 0;
      return { nonce: 'n'.repeat(43), step, steps: 2, prompt: step < 2 ? 'blink' : null, leastMs: 0, mostMs: 1000 };
    },
    submit: async (handle, _modality, sample) => {
      const ceremony = this.find(handle);
      this.enter('submit', this.script.submit);
      if (ceremony.state !== 'open' || ceremony.received >= needed(ceremony))
        throw new AsignioError('ASIGNIO_CEREMONY_ORDER');
      this.handed.push(sample.bytes);
      this.samples.push(Uint8Array.from(sample.bytes));
      this.changes.push('submit');
      ceremony.received += 1;
      return { needed: needed(ceremony), received: ceremony.received };
    },
    complete: async (handle) => {
      const ceremony = this.find(handle);
      if (ceremony.state !== 'open' || ceremony.received < needed(ceremony))
        throw new AsignioError('ASIGNIO_CEREMONY_ORDER');
      this.changes.push('complete');
      ceremony.state = 'decided';
      ceremony.decision = this.script.complete === undefined ? 'accepted' : 'inconclusive';
      this.enter('complete', this.script.complete);
      return this.shown(handle.id);
    },
    redeem: async () => {
      throw new AsignioError('ASIGNIO_CEREMONY_ORDER');
    },
  };

  readonly subjects: AsignioCore['subjects'] = {
    notice: async (_tenant, language = 'en') => ({
      version: '2026-01',
      language,
      sha256: 'a'.repeat(64),
      title: 'How we use your signature',
      sections: [],
      purposes: [],
      material: true,
      effectiveAt: this.now,
      controller: { name: 'Acme', contact: 'privacy@acme.example' },
    }),
    grant: async (request) => {
      this.granted.push(request);
      this.changes.push('grant');
      const made = request.purposes.map((purpose) => ({
        id: consentId(randomBytes(16).toString('base64url')),
        modality: request.modality,
        purpose,
        state: 'granted' as const,
        noticeVersion: request.noticeVersion,
        grantedAt: this.now,
      }));
      this.consentsOf.set(request.subject, [...(this.consentsOf.get(request.subject) ?? []), ...made]);
      return { consents: made, receipts: made.map(() => 'e30.e30.c2ln') };
    },
    consents: async (_tenant, subject) => this.consentsOf.get(subject) ?? [],
    receipt: async (_tenant, subject, id, { format = 'jws' } = {}) => {
      this.consent(subject, id);
      return format === 'jws' ? 'e30.e30.c2ln' : '{"@type":"ConsentReceipt"}';
    },
    confirmation: async (_tenant, subject, language = 'en') => ({
      issuedAt: this.now,
      language,
      text: `What we hold about ${subject} (${language})\n`,
      jws: 'e30.e30.c2ln',
    }),
    withdraw: async (_tenant, subject, id) => {
      const consent = this.consent(subject, id);
      this.changes.push('withdraw');
      return {
        consent: { ...consent, state: 'withdrawn', withdrawnAt: this.now },
        destruction: { due: this.now, state: 'done' },
      };
    },
    held: async (_tenant, subject) => ({
      subject,
      enrolments: [
        {
          id: 'ref',
          modality: 'signature',
          variant: 'finger',
          createdAt: this.now,
          samples: 5,
          established: false,
          recentProbes: 0,
        },
      ],
      consents: this.consentsOf.get(subject) ?? [],
      retention: { due: this.now, rule: 'inactivity', sentence: 'Three years after you last signed in.' },
      places: [],
      destructions: [],
      lastInteraction: null,
      failedAttempts: 2,
      recipients: [],
    }),
    retentionSchedule: () => [],
  };

  readonly audit: AsignioCore['audit'] = {
    read: async () => [],
    verify: async () => ({ entries: 0, head: '0'.repeat(64), checkpoints: null }),
    inspect: async () => {
      throw new AsignioError('ASIGNIO_NOT_FOUND');
    },
    export: () => {
      throw new AsignioError('ASIGNIO_NOT_FOUND');
    },
    checkpoint: async () => undefined,
  };

  async publicKeys() {
    return { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'AA' }] };
  }
  async sweep() {
    return {
      ran: true,
      dryRun: false,
      clock: 'right' as const,
      finished: 0,
      interrupted: 0,
      expired: 0,
      destroyed: 0,
      held: 0,
      recounted: 0,
      waiting: 0,
      failed: 0,
    };
  }
  async ready() {
    if (this.script.ready instanceof Error) throw this.script.ready;
    await this.script.ready;
  }
  stats() {
    return { workers: 2, queued: 3, running: 1, completed: 7, failed: 0, startedAt: this.now };
  }
  async close() {}

  /** Moves a ceremony on, as another process would. */
  set(id: string, state: CeremonyState, decision?: Decision): void {
    const ceremony = this.known.get(ceremonyId(id));
    if (ceremony === undefined) throw new Error('No such ceremony');
    ceremony.state = state;
    if (decision !== undefined) ceremony.decision = decision;
  }

  private enter(call: string, failure: Error | undefined): void {
    this.script.inside?.(call);
    if (failure !== undefined) throw failure;
  }

  private find(handle: CeremonyHandle): Ceremony {
    this.handles.push(handle);
    const ceremony = this.known.get(handle.id);
    if (ceremony === undefined || ceremony.binding !== handle.binding)
      throw new AsignioError('ASIGNIO_CEREMONY_UNKNOWN');
    return ceremony;
  }

  private shown(id: CeremonyId): CeremonyView {
    const ceremony = this.known.get(id);
    if (ceremony === undefined) throw new AsignioError('ASIGNIO_CEREMONY_UNKNOWN');
    return {
      id,
      kind: ceremony.request.kind,
      state: ceremony.state,
      modalities: ceremony.request.modalities,
      samples: { signature: { needed: needed(ceremony), received: ceremony.received } },
      expiresAt: this.now + 300_000,
      ...(ceremony.decision === undefined ? {} : { decision: ceremony.decision }),
    };
  }

  private consent(subject: string, id: ConsentId): ConsentView {
    const found = this.consentsOf.get(subject)?.find((one) => one.id === id);
    if (found === undefined) throw new AsignioError('ASIGNIO_NOT_FOUND');
    return found;
  }
}

function needed(ceremony: Ceremony): number {
  return ceremony.request.kind === 'enrolment' ? 5 : 1;
}
