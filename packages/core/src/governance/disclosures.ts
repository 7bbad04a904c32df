import Joi from 'joi';
import { subjectId } from '@asignio/contracts';
import type { SubjectId, TenantId } from '@asignio/contracts';
import type { Typed } from '../store/repository.ts';
import type { Vault } from '../vault.ts';
import type { Disclosures, DisclosureView, Operator, Page, PageQuery } from './api.ts';
import { checkInput, checkPage } from './input.ts';
import type { DisclosureRecord, GovernanceRecords } from './records.ts';
import type { StaffService } from './staff.ts';

export interface DisclosureTools {
  readonly records: GovernanceRecords;
  readonly staff: StaffService;
  readonly vault: Vault;
}

const QUERY = Joi.object<{ subject?: string }>({ subject: Joi.string().max(256) });

/** {@link Disclosures} over the store: read alone. Rows are written by the gate that something leaves through. */
export class DisclosureService implements Disclosures {
  private readonly tools: DisclosureTools;

  constructor(tools: DisclosureTools) {
    this.tools = tools;
  }

  async list(
    tenant: TenantId,
    operator: Operator,
    query: PageQuery & { readonly subject?: SubjectId } = {},
  ): Promise<Page<DisclosureView>> {
    const { records, staff, vault } = this.tools;
    await staff.require(tenant, operator, 'privacy-officer', 'auditor');
    const { subject: asked, ...page } = query;
    const { subject } = checkInput(QUERY, asked === undefined ? {} : { subject: asked });
    const of = subject === undefined ? {} : { subject: await vault.pseudonym(tenant, subjectId(subject)) };
    const { records: rows, next } = await records.disclosures.page(tenant, { ...checkPage(page), ...of });
    return { items: rows.map(view), ...(next === undefined ? {} : { next }) };
  }

  /** Everything that ever left about one person, oldest first. */
  async ofSubject(tenant: TenantId, pseudonym: string): Promise<readonly DisclosureView[]> {
    const rows = await this.tools.records.disclosures.ofSubject(tenant, pseudonym);
    return rows.map(view).sort((a, b) => a.at - b.at);
  }
}

function view({ id, value }: Typed<DisclosureRecord>): DisclosureView {
  const { owed: _owed, copy, ...row } = value;
  return { id, ...row, copy: copy === null ? null : copy.destroyedAt === null ? 'held' : 'destroyed' };
}
