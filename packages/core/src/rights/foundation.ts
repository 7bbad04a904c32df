import type { Clock } from '@asignio/contracts';
import type { AuditChain } from '../audit/chain.ts';
import type { EffectRunner } from '../effects/runner.ts';
import type { Repositories } from '../store/records.ts';
import type { Erasure } from '../subject/erasure.ts';
import type { Vault } from '../vault.ts';
import type { RightsOptions } from './api.ts';
import type { AttributeStore } from './attributes.ts';
import type { CustodyStore } from './custody-store.ts';
import type { DecisionLog } from './decision-log.ts';
import { Minors } from './minors.ts';
import type { RightsRecords } from './records.ts';
import { RightsRunner } from './runner.ts';
import type { Texts } from './texts.ts';

export interface FoundationTools {
  readonly records: RightsRecords;
  readonly decisions: DecisionLog;
  readonly custody: CustodyStore;
  readonly texts: Texts;
  readonly attributes: AttributeStore;
  readonly repositories: Repositories;
  readonly vault: Vault;
  readonly audit: AuditChain;
  readonly effects: EffectRunner;
  readonly erasure: Erasure;
  readonly clock: Clock;
  readonly options: RightsOptions;
}

/** What the rooms of people's rights stand on, and who grants consents must ask. */
export interface Foundation extends FoundationTools {
  readonly runner: RightsRunner;
  readonly minors: Minors;
}

/** Puts the foundation together. */
export function createFoundation(tools: FoundationTools): Foundation {
  const { decisions, custody, attributes, repositories, audit, effects, erasure, clock, options } = tools;
  const runner = new RightsRunner({ repositories, effects, erasure, decisions, attributes, custody });
  const requireAge = options.requireAge ?? false;
  const minors = new Minors({ custody, repositories, runner, audit, clock, requireAge });
  return { ...tools, runner, minors };
}
