import { timingSafeEqual } from 'node:crypto';
import Joi from 'joi';
import { AsignioError } from '@asignio/contracts';
import type { AuditEventName, Clock, SubjectId, TenantId } from '@asignio/contracts';
import {
  acknowledgedUntil,
  checkAcknowledged,
  checkRole,
  NO_STAFF,
  STAFF_ROLES,
  staffRulesSha256,
} from '@asignio/policy';
import type { StaffRole, StaffRules } from '@asignio/policy';
import type { AuditChain, AuditFact } from '../audit/chain.ts';
import { newId } from '../ceremony/binding.ts';
import type { Typed } from '../store/repository.ts';
import type { Vault } from '../vault.ts';
import type { Actor, Operator, Page, PageQuery, Staff, StaffView } from './api.ts';
import { checkInput, checkPage, line, sha256, time } from './input.ts';
import { changeAudited } from './records.ts';
import type { GovernanceRecords, StaffRecord } from './records.ts';

export interface StaffTools {
  readonly records: GovernanceRecords;
  readonly vault: Vault;
  readonly audit: AuditChain;
  readonly clock: Clock;
  readonly rules: StaffRules;
}

const member = line(256).required();
const role = Joi.valid(...STAFF_ROLES).required();
const ACKNOWLEDGE = Joi.object<{ id: string; sha256: string }>({
  id: member,
  sha256: sha256().required(),
});
const GRANT = Joi.object<{ id: string; role: StaffRole; until?: number }>({ id: member, role, until: time() });
const REVOKE = Joi.object<{ id: string; role: StaffRole }>({ id: member, role });
const OPERATOR = Joi.object<Operator>({ id: member, role });

/** Precedes an operator's id where a pseudonym is made of it: no host id of a subject can look like it. */
const OF_STAFF = 'staff\u0000';
const HOST: Actor = { pseudonym: 'host', role: 'administrator' };

/** {@link Staff} over the store. */
export class StaffService implements Staff {
  private readonly tools: StaffTools;

  constructor(tools: StaffTools) {
    this.tools = tools;
  }

  rules(): StaffRules & { readonly sha256: string } {
    const { rules } = this.tools;
    return { ...rules, sha256: staffRulesSha256(rules) };
  }

  async acknowledge(tenant: TenantId, input: { readonly id: string; readonly sha256: string }): Promise<StaffView> {
    const { rules, clock } = this.tools;
    const { id, sha256: given } = checkInput(ACKNOWLEDGE, input);
    const real = staffRulesSha256(rules);
    if (!timingSafeEqual(Buffer.from(given), Buffer.from(real)))
      throw new AsignioError('ASIGNIO_REQUEST_INVALID', '"sha256" is not of the rules as they are worded now');
    const at = clock.now();
    const acknowledgement = { version: rules.version, sha256: real, at };
    return this.change(tenant, id, 'role.acknowledged', { version: rules.version, sha256: real }, (value) => ({
      ...value,
      acknowledgement,
    }));
  }

  /** R42: no role without an acknowledgement; the refusal is on record. */
  async grant(
    tenant: TenantId,
    by: Operator | 'host',
    input: { readonly id: string; readonly role: StaffRole; readonly until?: number },
  ): Promise<StaffView> {
    const { rules, clock } = this.tools;
    const { id, role: granted, until } = checkInput(GRANT, input);
    const actor = await this.administrator(tenant, by);
    const pseudonym = await this.pseudonym(tenant, id);
    const now = clock.now();
    if (until !== undefined && until <= now)
      throw new AsignioError('ASIGNIO_REQUEST_INVALID', '"until" must be in the future');
    return this.recordingRefusal(tenant, pseudonym, granted, async () => {
      if (actor.pseudonym === pseudonym)
        throw new AsignioError('ASIGNIO_ROLE_REQUIRED', 'Nobody gives themselves a role');
      return this.change(
        tenant,
        id,
        'role.granted',
        { role: granted, by: actor.pseudonym, until: until ?? null },
        (value) => {
          checkAcknowledged(value, rules, now);
          const grant = { role: granted, grantedAt: now, by: actor.pseudonym, until: until ?? null };
          return { ...value, grants: [...value.grants.filter((other) => other.role !== granted), grant] };
        },
      );
    });
  }

  async revoke(
    tenant: TenantId,
    by: Operator | 'host',
    input: { readonly id: string; readonly role: StaffRole },
  ): Promise<StaffView> {
    const { id, role: taken } = checkInput(REVOKE, input);
    const actor = await this.administrator(tenant, by);
    return this.change(tenant, id, 'role.revoked', { role: taken, by: actor.pseudonym }, (value) => {
      const grants = value.grants.filter((grant) => grant.role !== taken);
      if (grants.length === value.grants.length)
        throw new AsignioError('ASIGNIO_NOT_FOUND', 'They do not have that role');
      return { ...value, grants };
    });
  }

  async list(tenant: TenantId, operator: Operator, page?: PageQuery): Promise<Page<StaffView>> {
    await this.require(tenant, operator, 'administrator', 'auditor');
    const { records, next } = await this.tools.records.staff.page(tenant, checkPage(page));
    const items = await Promise.all(records.map(async (record) => this.view(record)));
    return { items, ...(next === undefined ? {} : { next }) };
  }

  /** R29, R42: whoever acts has the role now, and acknowledged the rules as they are worded now. */
  async require(tenant: TenantId, operator: Operator, ...roles: readonly [StaffRole, ...StaffRole[]]): Promise<Actor> {
    const { records, rules, clock } = this.tools;
    const { id, role: acting } = checkInput(OPERATOR, operator);
    const pseudonym = await this.pseudonym(tenant, id);
    return this.recordingRefusal(tenant, pseudonym, acting, async () => {
      if (!roles.includes(acting))
        throw new AsignioError('ASIGNIO_ROLE_REQUIRED', `This needs the role ${roles.join(' or ')}`);
      const record = await records.staff.get(tenant, pseudonym);
      checkRole(record?.value ?? NO_STAFF, acting, rules, clock.now());
      return { pseudonym, role: acting };
    });
  }

  private async administrator(tenant: TenantId, by: Operator | 'host'): Promise<Actor> {
    return by === 'host' ? HOST : this.require(tenant, by, 'administrator');
  }

  private async pseudonym(tenant: TenantId, id: string): Promise<string> {
    return this.tools.vault.pseudonym(tenant, `${OF_STAFF}${id.normalize('NFC')}` as SubjectId);
  }

  private async recordingRefusal<T>(
    tenant: TenantId,
    pseudonym: string,
    wanted: StaffRole,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof AsignioError && error.code === 'ASIGNIO_ROLE_REQUIRED')
        await this.tools.audit.append(
          tenant,
          this.fact('role.refused', { staff: pseudonym, role: wanted, reason: error.message }),
        );
      throw error;
    }
  }

  private async change(
    tenant: TenantId,
    id: string,
    event: AuditEventName,
    data: AuditFact['data'],
    change: (value: Omit<StaffRecord, 'owed'>) => Omit<StaffRecord, 'owed'>,
  ): Promise<StaffView> {
    const { records, vault, audit } = this.tools;
    const pseudonym = await this.pseudonym(tenant, id);
    const sealedId = await vault.sealRecord(tenant, context(pseudonym), Buffer.from(id, 'utf8'));
    const record = await changeAudited(
      records.staff,
      audit,
      tenant,
      pseudonym,
      (value) => change(value ?? { ...NO_STAFF, sealedId }),
      this.fact(event, { staff: pseudonym, ...data }),
    );
    return this.view(record as NonNullable<typeof record>);
  }

  private fact(event: AuditEventName, data: AuditFact['data']): AuditFact {
    return { id: `staff:${newId()}`, event, subject: null, at: this.tools.clock.now(), data };
  }

  private async view({ tenant, id, value }: Typed<StaffRecord>): Promise<StaffView> {
    const { vault, rules } = this.tools;
    const { acknowledgement, grants, sealedId } = value;
    const until = acknowledgement === null ? -Infinity : acknowledgedUntil(acknowledgement, rules);
    return {
      id: Buffer.from(await vault.openRecord(tenant, context(id), sealedId)).toString('utf8'),
      pseudonym: id,
      // An acknowledgement of other words is none.
      acknowledged:
        acknowledgement === null || until === -Infinity
          ? null
          : { version: acknowledgement.version, at: acknowledgement.at, until },
      grants,
    };
  }
}

function context(pseudonym: string): string {
  return `staff|${pseudonym}`;
}
