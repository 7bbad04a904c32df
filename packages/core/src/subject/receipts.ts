import { AsignioError } from '@asignio/contracts';
import type { Clock, TenantId } from '@asignio/contracts';
import { receiptClaims, receiptJsonLd } from '@asignio/policy';
import type { ConsentRecord } from '@asignio/policy';
import type { ReceiptFormat } from '../api.ts';
import type { Signer } from '../signer.ts';
import type { Evidence } from './evidence.ts';

const RECEIPT_TYPE = 'asignio-consent-receipt+jws';

/** R2: writes the receipt of a consent, in each form from the same record. */
export class Receipts {
  private readonly evidence: Evidence;
  private readonly signer: Signer;
  private readonly clock: Clock;

  constructor(evidence: Evidence, signer: Signer, clock: Clock) {
    this.evidence = evidence;
    this.signer = signer;
    this.clock = clock;
  }

  /** @throws AsignioError `ASIGNIO_REQUEST_INVALID` for an unknown format, `ASIGNIO_KEY_UNAVAILABLE` after an erasure. */
  async write(
    tenant: TenantId,
    pseudonym: string,
    consent: ConsentRecord,
    format: ReceiptFormat = 'jws',
  ): Promise<string> {
    if (format !== 'jws' && format !== 'json-ld')
      throw new AsignioError('ASIGNIO_REQUEST_INVALID', 'format: a receipt is jws or json-ld');
    const signedName = await this.evidence.open(tenant, pseudonym, consent.id, consent.signature.evidence);
    const jws = await this.signer.sign(tenant, RECEIPT_TYPE, { ...receiptClaims(consent), signedName });
    if (format === 'jws') return jws;
    return JSON.stringify(receiptJsonLd(consent, { issuedAt: this.clock.now(), signedName, jws }));
  }
}
