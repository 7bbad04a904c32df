import type { Modality, Purpose } from '@asignio/contracts';
import type { AsignioCore, CoreOptions, Operator } from '@asignio/core';
import type { AgreementInput, Notice } from '@asignio/policy';
import { ADA, NOTICES, TENANT, makeSystem } from '../harness.js';
import { appoint } from './staff.js';

const DAY = 86_400_000;

/** The default notices, which also ask for these purposes by every modality. */
export function noticesAskingFor(...purposes: Purpose[]): Notice[] {
  const modalities: Modality[] = ['signature', 'face', 'voice'];
  return NOTICES.map((notice) => {
    const [first] = notice.purposes as [Notice['purposes'][number]];
    const more = purposes.map((purpose) => ({ ...first, purpose, required: false, modalities }));
    return { ...notice, purposes: [{ ...first, modalities }, ...more] };
  });
}

/** A tenant in Germany. */
export const GERMANY: NonNullable<CoreOptions['regions']> = {
  deployment: 'DE',
  policy: { home: 'DE', allowed: [] },
};

/** A system with officers, whose notice asks for what vendors do. */
export async function makeGoverned(options: Parameters<typeof makeSystem>[0] = {}) {
  const system = await makeSystem({
    notices: noticesAskingFor('vendor-comparison', 'transfer'),
    regions: GERMANY,
    ...options,
  });
  const officer = await appoint(system.core, 'grace', 'privacy-officer');
  const auditor = await appoint(system.core, 'audrey', 'auditor');
  return { ...system, officer, auditor };
}

export type Governed = Awaited<ReturnType<typeof makeGoverned>>;

/** An agreement that covers all of the vendors of the tests. */
export function agreement(now: number, changes: Partial<AgreementInput> = {}): AgreementInput {
  return {
    id: 'dpa-7',
    recipient: 'Acme Matching GmbH',
    data: ['signature', 'face', 'government-id', 'risk-signal'],
    purposes: ['vendor-comparison', 'identity-verification', 'risk-signal'],
    regions: ['DE'],
    signatories: ['Ada Lovelace', 'Erika Mustermann'],
    signedAt: now - DAY,
    validFrom: now - DAY,
    validUntil: now + 300 * DAY,
    sha256: 'a'.repeat(64),
    ...changes,
  };
}

export async function sign(
  core: AsignioCore,
  officer: Operator,
  now: number,
  changes: Partial<AgreementInput> = {},
): Promise<void> {
  await core.governance.agreements.record(TENANT, officer, agreement(now, changes));
}

/** Ada's signed release for these purposes. */
export async function grantFor(
  core: AsignioCore,
  purposes: readonly Purpose[],
  modality: Modality = 'signature',
  subject = ADA,
) {
  const notice = await core.subjects.notice(TENANT, 'en');
  return core.subjects.grant({
    tenant: TENANT,
    subject,
    modality,
    purposes,
    noticeVersion: notice.version,
    noticeSha256: notice.sha256,
    language: 'en',
    signature: { method: 'typed-name', name: 'Ada Lovelace' },
  });
}
