import { randomBytes } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';
import type { Clock, EpochMs, TenantId } from '@asignio/contracts';
import { ageBand, checkConsenting, isMinor } from '@asignio/policy';
import type { AgeBand, AgeStatement } from '@asignio/policy';
import type { AuditChain } from '../audit/chain.ts';
import type { Effect } from '../effects/effect.ts';
import type { Repositories } from '../store/records.ts';
import { isConflict } from '../store/repository.ts';
import type { Typed } from '../store/repository.ts';
import type { MinorReport } from './api.ts';
import type { RecordStep } from '../subject/destruction-steps.ts';
import type { CustodyStore, GuardianRecord, MinorRecord, WardRecord } from './custody-store.ts';
import type { RightsEffect } from './records.ts';
import type { RightsRunner } from './runner.ts';

export interface MinorTools {
  readonly custody: CustodyStore;
  readonly repositories: Repositories;
  readonly runner: RightsRunner;
  readonly audit: AuditChain;
  readonly clock: Clock;
  /** Whether nobody agrees whose age was not stated. */
  readonly requireAge: boolean;
}

/** R34: what is known of people's age, and what follows from it. */
export class Minors {
  private readonly tools: MinorTools;

  constructor(tools: MinorTools) {
    this.tools = tools;
  }

  /**
   * Whether somebody may agree by themselves. What the host says of their age is acted on: of a minor who agreed before,
   * everything is destroyed; of somebody who has turned 16 meanwhile, what a guardian agreed to ends.
   * @throws AsignioError `ASIGNIO_MINOR_BLOCKED`, `ASIGNIO_AGE_REQUIRED`, `ASIGNIO_REQUEST_INVALID`.
   */
  async admit(tenant: TenantId, subject: string, statement: AgeStatement | undefined): Promise<void> {
    const { custody, clock, requireAge: required } = this.tools;
    const now = clock.now();
    const known = await custody.minority(tenant, subject);
    try {
      const band = checkConsenting({ statement, known, required }, now);
      if (band !== undefined && known !== null) await this.grown(tenant, subject);
    } catch (error) {
      if (!(error instanceof AsignioError) || error.code !== 'ASIGNIO_MINOR_BLOCKED') throw error;
      await this.refused(tenant, subject, statement, now);
      throw error;
    }
  }

  /**
   * After somebody agreed: whether it became known meanwhile that they are a minor. Then what was written goes again.
   * @throws AsignioError `ASIGNIO_MINOR_BLOCKED`.
   */
  async recheck(tenant: TenantId, subject: string): Promise<void> {
    const minor = await this.tools.custody.minor(tenant, subject);
    if (minor === undefined) return;
    await this.discover(tenant, subject, minor.value.band, 'a release');
    throw new AsignioError('ASIGNIO_MINOR_BLOCKED');
  }

  /** Somebody says how old a subject is. @param by who says so, as the audit chain names it */
  async learn(tenant: TenantId, subject: string, statement: AgeStatement, by: string): Promise<MinorReport> {
    const band = ageBand(statement, this.tools.clock.now());
    return isMinor(band) ? this.discover(tenant, subject, band, by) : this.grown(tenant, subject);
  }

  /**
   * A subject is under 16. From this write on nothing of theirs is processed without a guardian; what was collected
   * without one is destroyed.
   */
  async discover(tenant: TenantId, subject: string, band: AgeBand, by: string): Promise<MinorReport> {
    const { custody, clock } = this.tools;
    const at = clock.now();
    const doomed = await this.ofNoGuardian(tenant, subject);
    const known = await custody.minority(tenant, subject);
    if (!doomed && known?.band === band && known.guardian !== null) return { blocked: false, certificate: null };
    const order = `minor:${randomBytes(16).toString('base64url')}`;
    const record = await custody.updateMinor(tenant, subject, (value) => ({
      is: 'minor',
      of: subject,
      band,
      knownAt: value?.knownAt ?? at,
      effects: [
        ...(value?.effects ?? []),
        ...(doomed ? [{ type: 'erase', subject, order, at, reason: 'minor' } as const] : []),
        blocked(order, subject, at, { band, by, destroyed: doomed }),
      ],
    }));
    await this.settle(record as Typed<MinorRecord>);
    const minority = await custody.minority(tenant, subject);
    const destruction = await this.tools.repositories.destructions.get(tenant, order);
    return { blocked: minority?.guardian === null, certificate: destruction?.value.certificate ?? null };
  }

  /** Ends a guardianship as of now: the child is alone, and what the guardian agreed to is destroyed. */
  async end(tenant: TenantId, child: string, guardian: string, by: string): Promise<void> {
    const record = await this.intendEnd(tenant, child, guardian, by);
    if (record !== undefined) await this.settle(record);
  }

  /** A destruction takes custody too: of a minor who stands for them, and of a guardian every child. */
  get step(): RecordStep {
    const { custody, clock } = this.tools;
    return {
      name: 'custody',
      doomed: async ({ tenant, subject, whole }) => {
        if (!whole) return [];
        const [minor, ward] = await Promise.all([custody.minor(tenant, subject), custody.ward(tenant, subject)]);
        // What a minor agreed to alone goes, and who stands for them stays, to agree anew.
        const alone = minor?.value.effects.some((effect) => effect.type === 'erase' && effect.reason === 'minor');
        return [...(ward === undefined || alone === true ? [] : [ward]), ...(await custody.links(tenant, subject))];
      },
      remove: async (item, { tenant, subject }) => {
        const { value } = item as Typed<WardRecord | GuardianRecord>;
        if (value.is === 'ward') return custody.end(tenant, subject, value.guardian, clock.now());
        await this.intendEnd(tenant, value.child, subject, 'erasure');
        // The child is alone from here on; what the guardian agreed to is destroyed by the next sweep.
        return custody.end(tenant, value.child, subject, clock.now());
      },
    };
  }

  /** Puts the end on record: from then on it is carried out, by whoever finds it. */
  private async intendEnd(
    tenant: TenantId,
    child: string,
    guardian: string,
    by: string,
  ): Promise<Typed<MinorRecord> | undefined> {
    const { custody, audit, clock } = this.tools;
    const at = clock.now();
    const ended: RightsEffect = { type: 'end-custody', child, guardian, at };
    const order = `custody:${randomBytes(16).toString('base64url')}`;
    await audit.append(tenant, {
      id: `${order}:ended`,
      event: 'custodian.ended',
      subject: child,
      at,
      data: { guardian, by },
    });
    const record = await custody.updateMinor(tenant, child, (value) =>
      value === undefined
        ? undefined
        : {
            ...value,
            effects: [...value.effects, ended, { type: 'erase', subject: child, order, at, reason: 'custody-ended' }],
          },
    );
    // Whose guardian never agreed to anything is not known to be a minor yet, and nothing is to be destroyed.
    if (record === undefined) await this.tools.runner.run(tenant, [ended]);
    return record;
  }

  /** Does what is owed, and notes it unless the record moved on: then it is owed anew. */
  async settle(record: Typed<MinorRecord>): Promise<void> {
    const { runner, custody } = this.tools;
    if (record.value.effects.length === 0) return;
    await runner.run(record.tenant, record.value.effects);
    // Nobody knows a minor by this record any more once they have grown.
    if ((await custody.minor(record.tenant, record.value.of)) === undefined) return;
    try {
      await custody.records.replace(record, { ...record.value, effects: [] });
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
  }

  /** Somebody is 16 or more: they are no longer blocked, and from now on agree for themselves. */
  private async grown(tenant: TenantId, subject: string): Promise<MinorReport> {
    const { custody, clock, repositories } = this.tools;
    const at = clock.now();
    const ward = await custody.ward(tenant, subject);
    const order = `grown:${randomBytes(16).toString('base64url')}`;
    const record = await custody.updateMinor(tenant, subject, (value) =>
      value === undefined
        ? undefined
        : {
            ...value,
            effects: [
              ...value.effects,
              ...(ward === undefined
                ? []
                : [
                    { type: 'end-custody', child: subject, guardian: ward.value.guardian, at } as const,
                    { type: 'erase', subject, order, at, reason: 'custody-ended' } as const,
                  ]),
              { type: 'forget-minor', subject, at },
              { type: 'audit', id: `${order}:grown`, event: 'minor.grown', subject, at, data: {} },
            ],
          },
    );
    if (record === undefined) return { blocked: false, certificate: null };
    await this.settle(record);
    const destruction = await repositories.destructions.get(tenant, order);
    return { blocked: false, certificate: destruction?.value.certificate ?? null };
  }

  /** A minor tried to agree alone: on record, and acted on where the host said it just now. */
  private async refused(
    tenant: TenantId,
    subject: string,
    statement: AgeStatement | undefined,
    at: EpochMs,
  ): Promise<void> {
    const { audit, repositories } = this.tools;
    const known = statement !== undefined && (await repositories.subjects.get(tenant, subject)) !== undefined;
    if (known) {
      await this.learn(tenant, subject, statement, 'a release');
      return;
    }
    // Nothing is held, and that somebody tried is no reason to begin.
    const id = `minor:${randomBytes(16).toString('base64url')}`;
    await audit.append(tenant, blocked(id, subject, at, { by: 'a release', destroyed: false }));
  }

  /** Whether anything is held that no guardian who stands for them now has agreed to. */
  private async ofNoGuardian(tenant: TenantId, subject: string): Promise<boolean> {
    const { custody, repositories } = this.tools;
    if ((await repositories.subjects.get(tenant, subject)) === undefined) return false;
    const ward = await custody.ward(tenant, subject);
    const guardian = ward?.value.guardian;
    const consents = (await repositories.consents.ofSubject(tenant, subject)).map(({ value }) => value.consent);
    const live = consents.filter(({ state, supersededBy }) => state === 'granted' && supersededBy === null);
    return guardian === undefined || live.some((consent) => consent.guardian !== guardian);
  }
}

function blocked(
  id: string,
  subject: string,
  at: EpochMs,
  data: Extract<Effect, { type: 'audit' }>['data'],
): Extract<Effect, { type: 'audit' }> {
  return { type: 'audit', id: `${id}:blocked`, event: 'minor.blocked', subject, at, data };
}
