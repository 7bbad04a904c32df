import type { Clock, StoragePlugin, KeyProvider } from '@asignio/contracts';
import type { DocumentRule, NoticeRegister, SignalList, StaffRules } from '@asignio/policy';
import type { AuditChain } from '../audit/chain.ts';
import type { AttributeStore } from '../rights/attributes.ts';
import type { Repositories } from '../store/records.ts';
import type { Repository } from '../store/repository.ts';
import type { HoldGate } from '../subject/hold-gate.ts';
import type { Permits } from '../subject/permits.ts';
import type { SweepDuty } from '../sweep.ts';
import type { Vault } from '../vault.ts';
import { AgreementService } from './agreements.ts';
import { AssertionService } from './assertions.ts';
import { AssessmentService } from './assessments.ts';
import type { Governance } from './api.ts';
import { VendorCopies } from './copies.ts';
import { DatasetService } from './datasets.ts';
import { DisclosureService } from './disclosures.ts';
import { DocumentService } from './documents.ts';
import { Egress } from './egress.ts';
import { IncidentService } from './incidents.ts';
import { LegalService } from './legal.ts';
import { createGovernanceRecords, settleAudit } from './records.ts';
import type { Owing } from './records.ts';
import { Regions } from './regions.ts';
import type { RegionOptions } from './regions.ts';
import { Register } from './registers.ts';
import { SignalService } from './signals.ts';
import { StaffService } from './staff.ts';
import { VendorRegistry } from './vendor-registry.ts';
import type { VendorPlugin } from './vendor-registry.ts';
import { VendorService } from './vendors.ts';

export interface GovernanceTools {
  readonly storage: StoragePlugin;
  readonly keys: KeyProvider;
  readonly repositories: Repositories;
  readonly vault: Vault;
  readonly audit: AuditChain;
  readonly permits: Permits;
  readonly gate: HoldGate;
  readonly clock: Clock;
  readonly staffRules: StaffRules;
  readonly attributes: AttributeStore;
  readonly notices: NoticeRegister;
  readonly signals: SignalList;
  readonly documents: DocumentRule;
  readonly vendors: readonly VendorPlugin[];
  readonly regions: RegionOptions | undefined;
}

/** The rooms of governance, as the rest of the core uses them. */
export interface GovernanceRooms {
  readonly api: Governance;
  readonly duty: SweepDuty;
  readonly regions: Regions;
  readonly disclosures: DisclosureService;
  readonly egress: Egress;
  readonly copies: VendorCopies;
  readonly documents: DocumentService;
  readonly close: () => Promise<void>;
}

/** Puts the rooms of governance together. */
export function createGovernance(tools: GovernanceTools): GovernanceRooms {
  const { storage, keys, repositories, vault, audit, permits, clock } = tools;
  const records = createGovernanceRecords(storage);
  const registry = new VendorRegistry(tools.vendors);
  const regions = new Regions({ options: tools.regions, stores: [storage, keys], audit, clock });
  const staff = new StaffService({ records, vault, audit, clock, rules: tools.staffRules });
  const agreements = new AgreementService({ records, staff, audit, clock });
  const disclosures = new DisclosureService({ records, staff, vault });
  const egress = new Egress({ records, repositories, permits, regions, audit, clock });
  const copies = new VendorCopies({ records, vendors: registry, audit, gate: tools.gate, clock });
  const vendors = new VendorService({ registry, egress, copies, regions, vault });
  const { attributes, notices } = tools;
  const releases = new AssertionService({ records, repositories, attributes, egress, regions, vault, audit, clock });
  const signals = new SignalService({ registry, egress, regions, vault, audit, clock, list: tools.signals });
  const documents = new DocumentService({
    records,
    registry,
    egress,
    copies,
    regions,
    staff,
    gate: tools.gate,
    vault,
    audit,
    clock,
    rule: tools.documents,
  });
  const of = { records, audit, clock };
  const common = { staff, audit, clock };
  const legal = new LegalService({
    ...common,
    register: new Register('legal', of),
    repositories,
    disclosures,
    egress,
    notices,
    vault,
  });

  return {
    api: {
      staff,
      agreements,
      disclosures,
      vendors,
      releases,
      assertion: async (...request) => releases.issue(...request),
      signals,
      legal,
      assessments: new AssessmentService({ ...common, register: new Register('assessment', of) }),
      incidents: new IncidentService({ ...common, register: new Register('incident', of) }),
      datasets: new DatasetService({ ...common, register: new Register('dataset', of) }),
      documents,
    },
    regions,
    disclosures,
    egress,
    copies,
    documents,
    close: () => registry.close(),
    duty: async (walk) => {
      const settle = async <T extends Owing>(repository: Repository<T>) =>
        walk(repository, async (record) => settleAudit(repository, audit, record));
      await settle(records.staff);
      await settle(records.agreements);
      await settle(records.releases);
      await settle(records.registers);
      await walk(records.documents, async (document) => documents.tend(document));
      await walk(records.disclosures, async (row) => {
        await settleAudit(records.disclosures, audit, row);
        if (row.value.copy?.doomed === true) await copies.destroyDoomed(row);
      });
    },
  };
}
