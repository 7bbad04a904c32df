import { AsignioError } from '@asignio/contracts';
import type { AuditEventName, Clock, TenantId } from '@asignio/contracts';
import type { AuditChain, AuditFact } from '../audit/chain.ts';
import { newId } from '../ceremony/binding.ts';
import type { Repository, Typed } from '../store/repository.ts';
import type { Page, PageQuery } from './api.ts';
import { checkPage } from './input.ts';
import { changeAudited, registerIndex } from './records.ts';
import type { GovernanceRecords, RegisterRecord } from './records.ts';

/** An entry as it is shown. */
type Shown<T> = Omit<T, 'owed' | 'register'> & { readonly id: string };

export interface RegisterTools {
  readonly records: GovernanceRecords;
  readonly audit: AuditChain;
  readonly clock: Clock;
}

/** One register of a tenant: entries of no subject, each change of which leaves an audit entry. */
export class Register<T extends RegisterRecord> {
  private readonly repository: Repository<T>;
  private readonly name: T['register'];
  private readonly tools: RegisterTools;

  constructor(name: T['register'], tools: RegisterTools) {
    this.name = name;
    this.tools = tools;
    this.repository = tools.records.registers as unknown as Repository<T>;
  }

  async get(tenant: TenantId, id: string): Promise<T | undefined> {
    return (await this.repository.get(tenant, this.key(id)))?.value;
  }

  /**
   * Changes an entry and writes what the change owes. `change` returns `undefined` to leave it as it is.
   * @throws AsignioError `ASIGNIO_NOT_FOUND` where there is none and `change` makes none.
   */
  async change(
    tenant: TenantId,
    id: string,
    change: (value: T | undefined) => Omit<T, 'owed'> | undefined,
    event: AuditEventName,
    data: AuditFact['data'],
  ): Promise<Shown<T>> {
    const fact = this.fact(event, data);
    const record = await changeAudited(this.repository, this.tools.audit, tenant, this.key(id), change, fact);
    if (record === undefined) throw new AsignioError('ASIGNIO_NOT_FOUND', 'There is no such entry');
    return this.show(record);
  }

  async page(tenant: TenantId, query: PageQuery | undefined): Promise<Page<Shown<T>>> {
    const page = { ...checkPage(query), subject: registerIndex(this.name) };
    const { records, next } = await this.repository.page(tenant, page);
    return { items: records.map((record) => this.show(record)), ...(next === undefined ? {} : { next }) };
  }

  fact(event: AuditEventName, data: AuditFact['data']): AuditFact {
    return { id: `register:${newId()}`, event, subject: null, at: this.tools.clock.now(), data };
  }

  private show({ id, value }: Typed<T>): Shown<T> {
    const { owed: _owed, register: _register, ...entry } = value;
    return { ...entry, id: id.slice(this.name.length + 1) };
  }

  private key(id: string): string {
    return `${this.name}:${id}`;
  }
}
