import { AsignioError, SIGNATURE_MEDIA_TYPE, ceremonyId, subjectId, tenantId } from '@asignio/contracts';
import type { RawSample, SignatureSample, SubjectId, TenantId } from '@asignio/contracts';
import type { AsignioCore } from '@asignio/core';
import { createSigner } from '@asignio/testkit';
import type { Signer } from '@asignio/testkit';

const ORIGIN = 'https://app.example';
/** Drawings after which somebody is said to have a signature that is too simple. */
const MOST_DRAWINGS = 15;

/** Somebody with a hand of their own, in the rooms behind HTTP. */
export class Person {
  readonly tenant: TenantId;
  readonly subject: SubjectId;
  private readonly signer: Signer;
  private readonly prepared: RawSample[] = [];
  private readonly seen: (sample: SignatureSample) => void;

  /**
   * @param seen is shown each drawing, which is then forgotten
   * @param subject whom they say to be; themselves unless told
   */
  constructor(
    name: string,
    tenant = 'default',
    seen: (sample: SignatureSample) => void = () => undefined,
    subject: string = name,
  ) {
    this.tenant = tenantId(tenant);
    this.subject = subjectId(subject);
    this.signer = createSigner({ seed: name });
    this.seen = seen;
  }

  /** Makes drawings beforehand, so that making them costs nothing later. */
  prepare(drawings: number): void {
    while (this.prepared.length < drawings) this.prepared.push(this.make());
  }

  /** Signs the written release. */
  async agree(core: AsignioCore, name: string = this.subject): Promise<void> {
    const notice = await core.subjects.notice(this.tenant, 'en');
    await core.subjects.grant({
      tenant: this.tenant,
      subject: this.subject,
      modality: 'signature',
      purposes: ['authentication'],
      noticeVersion: notice.version,
      noticeSha256: notice.sha256,
      language: 'en',
      signature: { method: 'typed-name', name },
    });
  }

  /** Draws until the enrolment has what it needs. */
  async enrol(core: AsignioCore): Promise<void> {
    const handle = await this.begin(core, 'enrolment');
    for (let tries = 0; tries < MOST_DRAWINGS; tries++) {
      try {
        const { received, needed } = await core.ceremonies.submit(handle, 'signature', this.draw());
        if (received === needed) break;
      } catch (error) {
        // One of these drawings was too short or too plain.
        if (!(error instanceof AsignioError) || error.findings === undefined) throw error;
      }
    }
    await core.ceremonies.complete(handle);
  }

  /** One attempt to sign in: the decision, or the code of the refusal. */
  async verify(core: AsignioCore): Promise<string> {
    try {
      const handle = await this.begin(core, 'verification');
      await core.ceremonies.submit(handle, 'signature', this.draw());
      return (await core.ceremonies.complete(handle)).decision ?? 'undecided';
    } catch (error) {
      return (error as { readonly code?: string }).code ?? String(error);
    }
  }

  private async begin(core: AsignioCore, kind: 'enrolment' | 'verification') {
    const signedIn = kind === 'enrolment';
    const { tenant, subject } = this;
    const { view, binding } = await core.ceremonies.begin({
      tenant,
      kind,
      modalities: ['signature'],
      subject,
      signedIn,
      origin: ORIGIN,
    });
    return {
      tenant,
      id: ceremonyId(view.id),
      binding,
      origin: ORIGIN,
      ...(signedIn ? { requester: subject } : {}),
    };
  }

  private draw(): RawSample {
    return this.prepared.shift() ?? this.make();
  }

  private make(): RawSample {
    const sample = this.signer.sign();
    this.seen(sample);
    return { mediaType: SIGNATURE_MEDIA_TYPE, bytes: Buffer.from(JSON.stringify(sample)) };
  }
}
