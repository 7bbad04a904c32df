import { AsignioError, ceremonyId, subjectId, tenantId } from '@asignio/contracts';
import type { AsignioCore, AuthenticatorProof, CeremonyHandle, Proof } from '@asignio/core';

/** An accepted verification that waits to be redeemed. */
export interface Accepted {
  readonly id: string;
  readonly binding: string;
  readonly subject: string;
  /** Who was signed in when it began. */
  readonly begunBy?: string;
  readonly assurance?: readonly string[];
}

/** Redeems accepted verifications: once, by the browser that has the binding, for the subject that began. */
export class FakeCeremonies {
  readonly handles: CeremonyHandle[] = [];
  /** Thrown by the next redemption. */
  failure: unknown;
  /** When proofs were decided, ms since the epoch. */
  at = 1_000_000;
  /** What the host had verified at each redemption. */
  readonly authenticators: (AuthenticatorProof | undefined)[] = [];
  private readonly waiting = new Map<string, Accepted>();

  accept(accepted: Accepted): void {
    this.waiting.set(accepted.id, accepted);
  }

  get core(): Pick<AsignioCore, 'ceremonies'> {
    return {
      ceremonies: {
        begin: unused,
        view: unused,
        prompt: unused,
        submit: unused,
        complete: unused,
        redeem: (handle, authenticator) => {
          this.authenticators.push(authenticator);
          return this.redeem(handle);
        },
      },
    };
  }

  private async redeem(handle: CeremonyHandle): Promise<Proof> {
    this.handles.push(handle);
    if (this.failure !== undefined) throw this.failure;
    const found = this.waiting.get(handle.id);
    if (found === undefined || found.binding !== handle.binding) throw new AsignioError('ASIGNIO_CEREMONY_UNKNOWN');
    if (found.begunBy !== undefined && found.begunBy !== handle.requester)
      throw new AsignioError('ASIGNIO_CEREMONY_SUBJECT');
    this.waiting.delete(handle.id);
    return {
      tenant: tenantId(handle.tenant),
      subject: subjectId(found.subject),
      ceremony: ceremonyId(handle.id),
      acr: 'urn:asignio:acr:signature',
      amr: ['signature'],
      factors: ['signature'],
      assurance: found.assurance ?? ['signature'],
      together: false,
      at: this.at,
    };
  }
}

function unused(): never {
  throw new Error('The strategy only redeems');
}
