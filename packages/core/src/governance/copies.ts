import { AsignioError } from '@asignio/contracts';
import type { Clock, ComparisonPlugin, IdentityVerificationPlugin, Modality, TenantId } from '@asignio/contracts';
import type { AuditChain } from '../audit/chain.ts';
import { newId } from '../ceremony/binding.ts';
import { HELD_LOOK_MS } from '../store/records.ts';
import type { Typed } from '../store/repository.ts';
import type { CopyStep } from '../subject/destruction-steps.ts';
import type { HoldGate } from '../subject/hold-gate.ts';
import { asVendorError, IN_FLIGHT_MS, withDeadline } from './egress.ts';
import { changeAudited } from './records.ts';
import type { DisclosureRecord, GovernanceRecords, VendorCopy } from './records.ts';
import type { VendorRegistry } from './vendor-registry.ts';

export interface CopyTools {
  readonly records: GovernanceRecords;
  readonly vendors: VendorRegistry;
  readonly audit: AuditChain;
  readonly gate: HoldGate;
  readonly clock: Clock;
}

/** What vendors hold (R9): the ledger says what was sent to stay, and it is destroyed there when it is destroyed here. */
export class VendorCopies {
  private readonly tools: CopyTools;

  /** R9: they go with what is destroyed here, and what their holders said is in the certificate. */
  readonly step: CopyStep;

  constructor(tools: CopyTools) {
    this.tools = tools;
    this.step = {
      name: 'vendors',
      destroy: async (scope) => {
        const rows = await this.of(scope.tenant, scope.subject, scope.covers);
        for (const row of rows) await this.destroy(row);
        const after = await this.of(scope.tenant, scope.subject, scope.covers);
        return after.flatMap(({ id, value: { copy, recipient } }) =>
          copy === null || copy.destroyedAt === null || copy.destroyedAt < scope.since
            ? []
            : [{ recipient: recipient.name, reference: id, at: copy.destroyedAt }],
        );
      },
    };
  }

  /** Rows of copies that a vendor may hold, of one modality or of a subject as a whole. */
  async held(
    tenant: TenantId,
    subject: string,
    scope: Modality | null | 'all',
  ): Promise<readonly Typed<DisclosureRecord>[]> {
    const rows = await this.of(tenant, subject, (modality) => scope === 'all' || modality === scope);
    return rows.filter(({ value: { copy } }) => copy?.destroyedAt === null);
  }

  /** Rows of copies of some modalities, also of those that are destroyed. */
  private async of(
    tenant: TenantId,
    subject: string,
    covers: (modality: Modality | null) => boolean,
  ): Promise<readonly Typed<DisclosureRecord>[]> {
    const rows = await this.tools.records.disclosures.ofSubject(tenant, subject);
    return rows.filter(({ value: { copy } }) => copy !== null && covers(copy.modality));
  }

  /**
   * Has the vendor destroy one, and notes it in the row. Can be done again.
   * @throws AsignioError `ASIGNIO_VENDOR_UNAVAILABLE` while it cannot be said to be destroyed: the vendor does not answer,
   * its plugin is not installed any more, or what was sent may be on its way still.
   */
  async destroy(row: Typed<DisclosureRecord>): Promise<void> {
    if (row.value.copy === null || row.value.copy.destroyedAt !== null) return;
    await this.destroyThere(row.value.recipient.plugin, row.value.copy);
    await this.note(row);
  }

  /** That the vendor destroyed one; comes last, so that whoever dies before it has it done again. */
  private async note({ tenant, id, value }: Typed<DisclosureRecord>): Promise<void> {
    const { records, audit, clock } = this.tools;
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
   * Orders the destruction of a subject's copies of one modality, or of one identity document: the order is kept first, then carried out as far as the
   * vendors answer; the sweep goes on until all have.
   */
  async order(tenant: TenantId, subject: string, of: Modality | { readonly document: string }): Promise<void> {
    const held = await this.held(tenant, subject, typeof of === 'string' ? of : null);
    for (const { id, value: row } of held) {
      if (typeof of !== 'string' && row.copy?.document !== of.document) continue;
      const doomed = await this.tools.records.disclosures.update(tenant, id, (value) =>
        value === undefined || value.copy === null || value.copy.doomed
          ? undefined
          : { ...value, copy: { ...value.copy, doomed: true } },
      );
      if (doomed !== undefined) await this.tryToDestroy(doomed);
    }
  }

  /** R8: the same for one that the sweep finds; a copy of what is under hold stays, and is looked at again later. */
  async destroyDoomed(row: Typed<DisclosureRecord>): Promise<void> {
    const { records, clock } = this.tools;
    if (await this.destroyUnlessHeld(row)) return;
    const lookAt = clock.now() + HELD_LOOK_MS;
    await records.disclosures.update(row.tenant, row.id, (value) =>
      value === undefined || value.copy === null ? undefined : { ...value, copy: { ...value.copy, lookAt } },
    );
    // The hold may have ended before it was known that this waits for it.
    await this.destroyUnlessHeld(row);
  }

  /** A hold has ended: what waited for it goes. */
  async resume(tenant: TenantId, subject: string): Promise<void> {
    for (const row of await this.held(tenant, subject, 'all'))
      if (row.value.copy?.doomed === true) await this.tryToDestroy(row);
  }

  private async destroyUnlessHeld(row: Typed<DisclosureRecord>): Promise<boolean> {
    const { tenant, id, value } = row;
    const { copy, recipient, subject } = value;
    if (copy === null || copy.destroyedAt !== null) return true;
    const piece = { id: `copy:${id}`, subject, modality: copy.modality };
    const there = async () => this.destroyThere(recipient.plugin, copy);
    if (!(await this.tools.gate.unlessHeld(tenant, piece, there))) return false;
    await this.note(row);
    return true;
  }

  /** A vendor that does not answer is asked again by the sweep. */
  private async tryToDestroy(row: Typed<DisclosureRecord>): Promise<void> {
    await this.destroyUnlessHeld(row).catch((error: unknown) => {
      if (!(error instanceof AsignioError) || error.code !== 'ASIGNIO_VENDOR_UNAVAILABLE') throw error;
    });
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
