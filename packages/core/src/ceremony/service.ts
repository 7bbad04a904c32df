import { AsignioError } from '@asignio/contracts';
import type { CeremonyId, Clock, Engine, Modality, RawSample, SubjectId } from '@asignio/contracts';
import type {
  BeginCeremony,
  Ceremonies,
  CeremonyHandle,
  CeremonyView,
  PromptAnswer,
  PromptBegin,
  PromptView,
  Proof,
} from '../api.ts';
import { denialEvent } from '@asignio/policy';
import type { Assurance, AuthenticatorProof } from '../assurance.ts';
import type { Attempts } from '../attempts.ts';
import type { AuditChain } from '../audit/chain.ts';
import type { Regions } from '../governance/regions.ts';
import { isRefusal } from '../subject/permits.ts';
import type { Permits } from '../subject/permits.ts';
import type { CeremonyRecord, Repositories } from '../store/records.ts';
import type { Typed } from '../store/repository.ts';
import type { Vault } from '../vault.ts';
import { newBinding, newId } from './binding.ts';
import { besides, Challenges } from './challenge.ts';
import type { Enrolment } from './enrolment.ts';
import { ceremonyContext } from './ledger.ts';
import type { CeremonyLedger } from './ledger.ts';
import type { Verification } from './verification.ts';

/** An accepted verification can be redeemed for so long, ms. */
const REDEEM_MS = 60_000;

export interface CeremonyTools {
  readonly repositories: Repositories;
  readonly vault: Vault;
  readonly engine: Engine;
  readonly permits: Permits;
  readonly attempts: Attempts;
  readonly assurance: Assurance;
  readonly audit: AuditChain;
  readonly ledger: CeremonyLedger;
  readonly enrolment: Enrolment;
  readonly verification: Verification;
  readonly clock: Clock;
  readonly regions: Regions;
  readonly modalities: readonly Modality[];
  /** How long a ceremony may take, ms. */
  readonly lifetimeMs: { readonly enrolment: number; readonly verification: number };
}

/** {@link Ceremonies} over the store. */
export class CeremonyService implements Ceremonies {
  private readonly tools: CeremonyTools;
  private readonly challenges: Challenges;

  constructor(tools: CeremonyTools) {
    this.tools = tools;
    this.challenges = new Challenges(tools);
  }

  async begin(request: BeginCeremony): Promise<{ view: CeremonyView; binding: string }> {
    const { repositories, vault, attempts, assurance, ledger, clock, lifetimeMs } = this.tools;
    const { tenant, kind } = request;
    this.checkModalities(request);
    if (kind === 'enrolment') await this.tools.regions.checkStorage(tenant);
    const asked = request.assurance ?? assurance.fallback;
    const profile =
      kind === 'verification' ? assurance.forCeremony(asked, request.modalities) : assurance.profile(asked);
    const authenticator = assurance.checkAuthenticator(request.authenticator);
    const subject = await vault.pseudonym(tenant, request.subject);
    const consent = request.signedIn ? await this.consentOf(request, subject) : null;
    if (kind === 'verification') await attempts.check(tenant, subject, assurance.attemptRules(profile.name));
    const id = newId();
    const { binding, hash } = newBinding();
    const now = clock.now();
    const value: CeremonyRecord = {
      kind,
      state: 'open',
      modalities: request.modalities,
      subject,
      sealedSubject: await vault.sealRecord(
        tenant,
        ceremonyContext(id, 'subject'),
        Buffer.from(request.subject, 'utf8'),
      ),
      signedIn: request.signedIn,
      origin: request.origin,
      binding: hash,
      assurance: profile.name,
      ...(kind === 'verification' && profile.together === true ? { together: true } : {}),
      authenticator: authenticator ?? null,
      createdAt: now,
      expiresAt: now + lifetimeMs[kind],
      // The ceremony names its key before the key exists, so that whoever tidies up knows what to look for.
      key: kind === 'enrolment' ? id : null,
      consent,
      parts: [],
      submissions: 0,
      results: {},
      decision: null,
      reasons: [],
      decidedAt: null,
      factors: [],
      satisfied: [],
      effects: [],
    };
    await repositories.ceremonies.insert(tenant, id, value);
    if (kind === 'enrolment') {
      await vault.createKey(tenant, subject, request.modalities[0] as Modality, id);
      // Destroyed meanwhile, as by a withdrawal: a key without its ceremony would be found by nobody.
      if ((await repositories.ceremonies.get(tenant, id)) === undefined) {
        await repositories.keys.remove(tenant, id);
        throw new AsignioError('ASIGNIO_CEREMONY_EXPIRED');
      }
    }
    return { view: ledger.view(id, value), binding };
  }

  async view(handle: CeremonyHandle): Promise<CeremonyView> {
    const { ledger } = this.tools;
    return ledger.view(handle.id, (await ledger.find(handle)).value);
  }

  async prompt(handle: CeremonyHandle, modality: Modality, answer?: PromptAnswer | PromptBegin): Promise<PromptView> {
    return this.challenges.prompt(handle, await this.openFor(handle, modality), modality, answer);
  }

  async submit(
    handle: CeremonyHandle,
    modality: Modality,
    sample: RawSample,
  ): Promise<{ needed: number; received: number }> {
    const { enrolment, verification } = this.tools;
    const record = await this.openFor(handle, modality);
    const room = record.value.kind === 'enrolment' ? enrolment : verification;
    const challenge = this.challenges.complete(record.value, modality);
    return room.submit(handle, record, modality, { sample, ...(challenge === undefined ? {} : { challenge }) });
  }

  async complete(handle: CeremonyHandle): Promise<CeremonyView> {
    const { ledger, enrolment, verification } = this.tools;
    const record = await ledger.findOpen(handle);
    const room = record.value.kind === 'enrolment' ? enrolment : verification;
    return room.complete(handle, record);
  }

  async redeem(handle: CeremonyHandle, authenticator?: AuthenticatorProof): Promise<Proof> {
    const { ledger, vault, permits, assurance, clock } = this.tools;
    const shown = assurance.checkAuthenticator(authenticator);
    const record = await ledger.find(handle);
    const { value, tenant, id } = record;
    if (value.state === 'redeemed') throw new AsignioError('ASIGNIO_CEREMONY_USED');
    if (value.kind !== 'verification') throw new AsignioError('ASIGNIO_CEREMONY_ORDER', 'An enrolment proves nothing');
    if (value.state !== 'decided' || value.decidedAt === null) {
      if (ledger.expired(value)) throw new AsignioError('ASIGNIO_CEREMONY_EXPIRED');
      throw new AsignioError('ASIGNIO_CEREMONY_ORDER', 'The ceremony is not decided yet');
    }
    if (value.decision !== 'accepted') throw new AsignioError('ASIGNIO_NOT_VERIFIED');
    // A clock that was set back ends it as well.
    if (Math.abs(clock.now() - value.decidedAt) >= REDEEM_MS || ledger.cancelled(value))
      throw new AsignioError('ASIGNIO_CEREMONY_EXPIRED');
    const together = shown ?? value.authenticator ?? undefined;
    const proved = assurance.proved(value.assurance, value.satisfied, together);
    const factors = together === undefined ? value.factors : [...value.factors, together.factor];
    // What the decision owes (the count, the audit entry) comes before anybody gains by it.
    await ledger.settle(record);
    await Promise.all(value.modalities.map((modality) => permits.issue(tenant, value.subject, modality)));
    const current = await ledger.find(handle);
    if (current.value.state === 'redeemed') throw new AsignioError('ASIGNIO_CEREMONY_USED');
    if (ledger.cancelled(current.value)) throw new AsignioError('ASIGNIO_CEREMONY_EXPIRED');
    await ledger.move(current, { ...current.value, state: 'redeemed' });
    const subject = Buffer.from(
      await vault.openRecord(tenant, ceremonyContext(id, 'subject'), value.sealedSubject),
    ).toString('utf8') as SubjectId;
    return {
      tenant,
      subject,
      ceremony: id as CeremonyId,
      acr: assurance.profile(value.assurance).acr,
      amr: factors,
      factors,
      assurance: proved,
      together: besides(value),
      at: value.decidedAt,
    };
  }

  private async openFor(handle: CeremonyHandle, modality: Modality): Promise<Typed<CeremonyRecord>> {
    const record = await this.tools.ledger.findOpen(handle);
    if (!record.value.modalities.includes(modality))
      throw new AsignioError('ASIGNIO_CEREMONY_ORDER', 'This ceremony does not ask for that modality');
    return record;
  }

  private checkModalities(request: BeginCeremony): void {
    const { modalities, kind, signedIn } = request;
    if (kind === 'enrolment' && !signedIn) throw new AsignioError('ASIGNIO_SIGN_IN_REQUIRED');
    if (modalities.length === 0 || new Set(modalities).size !== modalities.length)
      throw new AsignioError('ASIGNIO_REQUEST_INVALID', 'Name each modality once, and at least one');
    if (kind === 'enrolment' && modalities.length > 1)
      throw new AsignioError('ASIGNIO_REQUEST_INVALID', 'Enrol one modality at a time');
    const unknown = modalities.find((modality) => !this.tools.modalities.includes(modality));
    if (unknown !== undefined)
      throw new AsignioError('ASIGNIO_MODALITY_UNAVAILABLE', `The modality ${unknown} is not installed`);
  }

  /** Signed-in subjects are told at once when consent is missing; the refusal is evidence (R1). */
  private async consentOf(request: BeginCeremony, subject: string): Promise<string> {
    const { permits, audit, clock } = this.tools;
    try {
      const all = await Promise.all(
        request.modalities.map((modality) => permits.issue(request.tenant, subject, modality)),
      );
      return (all[0] as (typeof all)[number]).consent;
    } catch (error) {
      const event = isRefusal(error) ? denialEvent(error.code, 'authentication') : undefined;
      if (event !== undefined && isRefusal(error))
        await audit.append(request.tenant, {
          id: `denied:${newId()}`,
          event,
          subject,
          at: clock.now(),
          data: { kind: request.kind, modalities: request.modalities.join(' '), reason: error.code },
        });
      throw error;
    }
  }
}
