import type { AsignioCore } from '@asignio/core';
import { Waitings } from '../backchannel/requests.ts';
import { Pages } from '../interaction/pages.ts';
import type { Settings } from '../options.ts';
import { Accounts } from './accounts.ts';
import { standardAsks } from './asks.ts';
import type { Asks } from './asks.ts';
import { Consents } from './consents.ts';

/** What a provider and its pages are made of. */
export interface Parts {
  readonly core: AsignioCore;
  readonly settings: Settings;
  readonly accounts: Accounts;
  readonly consents: Consents;
  readonly pages: Pages;
  readonly asks: Asks;
  /** Where clients may ask for somebody who is elsewhere. */
  readonly waitings?: Waitings | undefined;
}

/** The parts of the provider that relying parties ask, as its options have it. */
export function partsOf(core: AsignioCore, settings: Settings): Parts {
  const { tenant, backchannel } = settings;
  const accounts = new Accounts(core, tenant);
  const asks = standardAsks(core, settings, accounts);
  return {
    core,
    settings,
    accounts,
    consents: new Consents(core, tenant),
    pages: new Pages(settings),
    asks,
    waitings: backchannel === undefined ? undefined : new Waitings(core.cabinet, settings, backchannel, asks),
  };
}
