import { FACE_FRAMES_MEDIA_TYPE, SIGNATURE_MEDIA_TYPE, type SignatureSample } from '../sample/format.ts';
import { RightsClient } from './rights.ts';
import type { Erased } from './rights.ts';
import { Transport } from './transport.ts';
import type { Fetch } from './transport.ts';

/** A ceremony as the server shows it. */
export interface CeremonyView {
  readonly id: string;
  readonly kind: CeremonyKind;
  readonly state: 'open' | 'deciding' | 'decided' | 'redeemed' | 'expired';
  readonly samples: { readonly [M in CaptureModality]?: SampleCount };
  /** What was asked for takes drawing and face in one sitting alone: one after the other is refused. */
  readonly together?: true;
  readonly expiresAt: string;
  readonly decision?: string;
}

/** What this package can capture. */
export type CaptureModality = 'signature' | 'face';

export type CeremonyKind = 'enrolment' | 'verification';

export interface SampleCount {
  readonly needed: number;
  readonly received: number;
}

/** What a ceremony is begun for. */
export interface BeginOptions {
  readonly kind: CeremonyKind;
  /** The name typed, by somebody who is not signed in. */
  readonly subject?: string;
  readonly assurance?: string;
  /** @default signature alone */
  readonly modalities?: readonly CaptureModality[];
}

/** What a challenge asks for now. */
export interface PromptView {
  /** 32 bytes, base64url. */
  readonly nonce: string;
  /** From 0. */
  readonly step: number;
  readonly steps: number;
  /** `null` when all steps are answered. */
  readonly prompt: string | null;
  /** An answer is taken no sooner and no later after the prompt, ms. */
  readonly leastMs: number;
  readonly mostMs: number;
}

/** What was captured for the open step, committed to. */
export interface PromptAnswer {
  readonly step: number;
  /** SHA-256, base64url. */
  readonly commitment: string;
  /** Of the step in which one signs while the camera looks: the drawing, which is then sent as it is. */
  readonly sample?: {
    /** SHA-256 of its bytes, base64url. */
    readonly sha256: string;
    /** Its first and last moment, ms since the first picture. */
    readonly from: number;
    readonly to: number;
  };
}

/** Begins a challenge. */
export interface PromptBegin {
  /** The modality whose sample is made in a last step, while the camera looks. */
  readonly beside?: 'signature';
}

/** The notice in force. */
export interface NoticeView {
  readonly version: string;
  readonly language: string;
  readonly sha256: string;
  readonly title: string;
  readonly sections: readonly { readonly heading: string; readonly text: string }[];
  readonly purposes: readonly NoticePurpose[];
  readonly effectiveAt: string;
  readonly controller: { readonly name: string; readonly contact: string };
}

export interface NoticePurpose {
  readonly purpose: string;
  readonly modalities: readonly string[];
  readonly required: boolean;
  readonly what: string;
  readonly why: string;
  readonly howLong: string;
  readonly withWhom: string;
}

/** A signed release. */
export interface GrantBody {
  readonly noticeVersion: string;
  readonly noticeSha256: string;
  readonly language: string;
  readonly modality: CaptureModality;
  readonly purposes: readonly string[];
  readonly signature: { readonly method: 'typed-name'; readonly name: string };
}

export interface ConsentView {
  readonly id: string;
  readonly modality: string;
  readonly purpose: string;
  readonly state: 'granted' | 'withdrawn' | 'stale' | 'expired';
  readonly grantedAt: string;
  readonly withdrawnAt?: string;
}

export interface Granted {
  readonly consents: readonly ConsentView[];
  /** JWS compact, one a consent. */
  readonly receipts: readonly string[];
}

/** What is held about the person who is signed in. */
export interface HeldView {
  readonly subject: string;
  readonly enrolments: readonly {
    readonly id: string;
    readonly modality: string;
    readonly variant: string;
    readonly createdAt: string;
    readonly samples: number;
    readonly established: boolean;
    readonly recentProbes?: number;
  }[];
  readonly consents: readonly ConsentView[];
  readonly retention: { readonly due: string; readonly sentence: string } | null;
  readonly lastInteraction: string | null;
  readonly attempts: { readonly failures: number };
  readonly recipients: readonly string[];
  readonly alternatives: readonly string[];
}

export interface Withdrawn {
  readonly consent: ConsentView;
  readonly destruction: { readonly due: string };
  readonly certificate?: string;
}

/**
 * Speaks Asignio's HTTP for a page. Errors: {@link ProblemError} with a code, {@link ConnectionError}.
 * @example
 * ```ts
 * const client = new AsignioClient('/asignio');
 * const ceremony = await client.begin({ kind: 'verification', subject: 'ada' });
 * await client.submit(ceremony.id, sample);
 * await client.complete(ceremony.id);
 * ```
 */
export class AsignioClient {
  readonly endpoint: string;
  /** What a person may ask for about their own data. */
  readonly rights: RightsClient;
  readonly #transport: Transport;

  /** @param endpoint where the router is mounted; same origin as the page. */
  constructor(endpoint = '/asignio', fetcher: Fetch = (url, init) => fetch(url, init)) {
    this.#transport = new Transport(endpoint, fetcher);
    this.endpoint = this.#transport.endpoint;
    this.rights = new RightsClient(this.#transport);
  }

  begin(options: BeginOptions): Promise<CeremonyView> {
    return this.#transport.call('POST', '/ceremonies', { modalities: ['signature'], ...options });
  }

  view(id: string): Promise<CeremonyView> {
    return this.#transport.call('GET', `/ceremonies/${encodeURIComponent(id)}`);
  }

  submit(id: string, sample: SignatureSample): Promise<SampleCount> {
    const path = `/ceremonies/${encodeURIComponent(id)}/samples/signature`;
    return this.#transport.call('PUT', path, sample, SIGNATURE_MEDIA_TYPE);
  }

  /** Begins a challenge, or answers its open step. */
  prompt(id: string, modality: CaptureModality, answer?: PromptAnswer | PromptBegin): Promise<PromptView> {
    return this.#transport.call('POST', `/ceremonies/${encodeURIComponent(id)}/prompts/${modality}`, answer ?? {});
  }

  /** @param frames packed camera frames, `application/vnd.asignio.face-frames` */
  submitFace(id: string, frames: Uint8Array<ArrayBuffer>): Promise<SampleCount> {
    const path = `/ceremonies/${encodeURIComponent(id)}/samples/face`;
    return this.#transport.call('PUT', path, frames, FACE_FRAMES_MEDIA_TYPE);
  }

  complete(id: string): Promise<CeremonyView> {
    return this.#transport.call('POST', `/ceremonies/${encodeURIComponent(id)}/complete`, {});
  }

  notice(language: string): Promise<NoticeView> {
    return this.#transport.call('GET', `/notices/current?language=${encodeURIComponent(language)}`);
  }

  grant(body: GrantBody): Promise<Granted> {
    return this.#transport.call('POST', '/subjects/me/consents', body);
  }

  /** @param language of the sentence about when data go */
  held(language?: string): Promise<HeldView> {
    const query = language === undefined ? '' : `?language=${encodeURIComponent(language)}`;
    return this.#transport.call('GET', `/subjects/me${query}`);
  }

  /** Address of a consent's signed receipt, served as an attachment. */
  receiptUrl(consent: string, format: 'jws' | 'json-ld' = 'jws'): string {
    const query = format === 'jws' ? '' : `?format=${format}`;
    return `${this.endpoint}/subjects/me/consents/${encodeURIComponent(consent)}/receipt${query}`;
  }

  /** Address of a written confirmation of what is held, served as an attachment: text for people, or signed. */
  confirmationUrl(language: string, format: 'text' | 'jws' = 'text'): string {
    return `${this.endpoint}/subjects/me/confirmation?language=${encodeURIComponent(language)}&format=${format}`;
  }

  withdraw(consent: string): Promise<Withdrawn> {
    return this.#transport.call('DELETE', `/subjects/me/consents/${encodeURIComponent(consent)}`);
  }

  /** Needs a fresh proof of who asks; without one `ASIGNIO_REQUESTER_UNVERIFIED`. */
  erase(): Promise<Erased> {
    return this.#transport.call('DELETE', '/subjects/me');
  }
}
