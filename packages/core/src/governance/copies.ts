import { AsignioError } from '@asignio/contracts';
import type { Clock, ComparisonPlugin, IdentityVerificationPlugin, Modality, TenantId } from '@asignio/contracts';
import type { AuditChain } from '../audit/chain.ts';
import { newId } from '../ceremony/binding.ts';
import type { Typed } from '../store/repository.ts';
import { asVendorError, IN_FLIGHT_MS, withDeadline } from './egress.ts';
import { changeAudited } from './records.ts';
import type { DisclosureRecord, GovernanceRecords, VendorCopy } from './records.ts';
import type { VendorRegistry } from './vendor-registry.ts';

export interface CopyTools {
  readonly records: GovernanceRecords;
  readonly vendors: VendorRegistry;
  readonly audit: AuditChain;
  readonly clock: Clock;
}

/** What vendors hold (R9): the ledger says what was sent to stay, and it is destroyed there when it is destroyed here. */
export class VendorCopies {
  private readonly tools: CopyTools;

  constructor(tools: CopyTools) {
    this.tools = tools;
  }

  /** Rows of copies that a vendor may hold, of one modality or of a subject as a whole. */
  async held(tenant: TenantId, subject: string, scope: Modality | 'all'): Promise<readonly Typed<DisclosureRecord>[]> {
    const rows = await this.tools.records.disclosures.ofSubject(tenant, subject);
    return rows.filter(({ value: { copy } }) => {
      if (copy === null || copy.destroyedAt !== null) return false;
      return scope === 'all' || copy.modality === scope;
    });
  }

  /**
   * Has the vendor destroy one, and notes it in the row. Can be done again.
   * @throws AsignioError `ASIGNIO_VENDOR_UNAVAILABLE` while it cannot be said to be destroyed: the vendor does not answer,
   * its plugin is not installed any more, or what was sent may be on its way still.
   */
  async destroy(row: Typed<DisclosureRecord>): Promise<void> {
    const { records, audit, clock } = this.tools;
    const { tenant, id, value } = row;
    if (value.copy === null || value.copy.destroyedAt !== null) return;
    await this.destroyThere(value.recipient.plugin, value.copy);
    const now = clock.now();
    if (value.state === 'leaving' && Math.abs(now - value.at) < IN_FLIGHT_MS)
      throw new AsignioError('ASIGNIO_VENDOR_UNAVAILABLE', 'What was sent to the vendor may still arrive there');
    await changeAudited(
      records.disclosures,
      audit,
      tenant,
      id,
      (current) =>
        current === undefined || current.copy === null || current.copy.destroyedAt !== null
          ? undefined
          : { ...current, copy: { ...current.copy, destroyedAt: now } },
      {
        id: `copy:${newId()}`,
        event: 'vendor.destroyed',
        subject: value.subject,
        at: now,
        data: { vendor: value.recipient.plugin, disclosure: id },
      },
    );
  }

  /**
   * Orders the destruction of a subject's copies of one modality: the order is kept first, then carried out as far as the
   * vendors answer; the sweep goes on until all have.
   */
  async order(tenant: TenantId, subject: string, scope: Modality | 'all'): Promise<void> {
    for (const { id } of await this.held(tenant, subject, scope)) {
      const doomed = await this.tools.records.disclosures.update(tenant, id, (value) =>
        value === undefined || value.copy === null || value.copy.doomed
          ? undefined
          : { ...value, copy: { ...value.copy, doomed: true } },
      );
      if (doomed !== undefined)
        await this.destroy(doomed).catch((error: unknown) => {
          if (!(error instanceof AsignioError) || error.code !== 'ASIGNIO_VENDOR_UNAVAILABLE') throw error;
        });
    }
  }

  private async destroyThere(name: string | null, { id, modality }: VendorCopy): Promise<void> {
    const plugin = name === null ? undefined : this.tools.vendors.find(name);
    if (plugin === undefined)
      throw new AsignioError('ASIGNIO_VENDOR_UNAVAILABLE', 'The plugin of a vendor that holds a copy is not installed');
    try {
      await withDeadline(async (signal) =>
        modality === null
          ? (plugin as IdentityVerificationPlugin).destroy({ check: id, signal })
          : (plugin as ComparisonPlugin).destroy({ modality, copy: id, signal }),
      );
    } catch (error) {
      throw asVendorError(error);
    }
  }
}
