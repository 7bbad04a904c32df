import type { EpochMs } from '@asignio/contracts';
import type { AsignioCore, CeremonyView, ConsentView, HeldData } from '@asignio/core';

/*
 * What goes out is picked field by field: whatever else the core's records may come to hold stays inside.
 */

const iso = (at: EpochMs): string => new Date(at).toISOString();

/** A ceremony, without the difference between a rejection and anything else that is not an acceptance. */
export function presentCeremony(view: CeremonyView) {
  const { decision } = view;
  const shown =
    view.kind === 'verification' && decision !== undefined && decision !== 'accepted' ? 'rejected' : decision;
  return {
    id: view.id,
    kind: view.kind,
    state: view.state,
    modalities: view.modalities,
    samples: Object.fromEntries(
      view.modalities.map((modality) => [modality, presentCount(view.samples[modality] ?? { needed: 0, received: 0 })]),
    ),
    ...(view.together === true ? { together: true } : {}),
    expiresAt: iso(view.expiresAt),
    ...(shown === undefined ? {} : { decision: shown }),
  };
}

/** How many samples there are. */
export function presentCount(count: { readonly needed: number; readonly received: number }) {
  return { needed: count.needed, received: count.received };
}

/** A consent. */
export function presentConsent(consent: ConsentView) {
  return {
    id: consent.id,
    modality: consent.modality,
    purpose: consent.purpose,
    state: consent.state,
    noticeVersion: consent.noticeVersion,
    grantedAt: iso(consent.grantedAt),
    ...(consent.withdrawnAt === undefined ? {} : { withdrawnAt: iso(consent.withdrawnAt) }),
  };
}

/** The notice is public as it is; only its date changes form. */
export function presentNotice(notice: Awaited<ReturnType<AsignioCore['subjects']['notice']>>) {
  return { ...notice, effectiveAt: iso(notice.effectiveAt) };
}

/** What is held about a subject, for that subject. */
export function presentHeld(held: HeldData, alternatives: readonly string[]) {
  const { retention, lastInteraction } = held;
  return {
    subject: held.subject,
    enrolments: held.enrolments.map((one) => ({
      id: one.id,
      modality: one.modality,
      variant: one.variant,
      createdAt: iso(one.createdAt),
      samples: one.samples,
      established: one.established,
      recentProbes: one.recentProbes,
    })),
    consents: held.consents.map(presentConsent),
    retention:
      retention === null ? null : { due: iso(retention.due), rule: retention.rule, sentence: retention.sentence },
    lastInteraction: lastInteraction === null ? null : iso(lastInteraction),
    attempts: { failures: held.failedAttempts },
    recipients: held.recipients,
    alternatives,
  };
}

/** A withdrawal and what follows from it. */
export function presentWithdrawal(done: Awaited<ReturnType<AsignioCore['subjects']['withdraw']>>) {
  return {
    consent: presentConsent(done.consent),
    destruction: { due: iso(done.destruction.due) },
    ...(done.certificate === undefined ? {} : { certificate: done.certificate }),
  };
}
