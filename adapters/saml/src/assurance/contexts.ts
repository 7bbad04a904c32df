import type { AssuranceLevels } from '@asignio/core';
import type { RequestedContext } from '../request/authn-request.ts';

/** An authentication context class, and the assurance profile that proves it. */
export interface Context {
  /** `AuthnContextClassRef`. */
  readonly ref: string;
  /** Name of an assurance profile. */
  readonly profile: string;
}

/** Which contexts would do, the one to aim at first. Empty: `NoAuthnContext`. */
export type Wanted = readonly Context[];

/**
 * Which contexts answer a request (SAML 2.0 Core, 3.3.2.2.1). `contexts` stand weakest first; that order is what "as deemed
 * by the responder" means here. Two that are proved by one profile are equally strong.
 *
 * - `exact`: one of those that are named.
 * - `minimum`: at least as strong as one of them; the weakest is aimed at.
 * - `better`: stronger than every one of them, so that no reading of "any" is disappointed.
 * - `maximum`: as strong as can be without being stronger than all of them.
 *
 * @param floor profile that the service provider is configured to need at least
 */
export function wantedContexts(
  contexts: readonly Context[],
  levels: AssuranceLevels,
  requested: RequestedContext | undefined,
  floor: string | undefined,
): Wanted {
  const rank = ({ profile }: Context): number => contexts.findIndex((one) => one.profile === profile);
  const least = floor === undefined ? 0 : contexts.findIndex(({ profile }) => profile === floor);
  const able = contexts.filter((one) => rank(one) >= least && levels.obstacles(one.profile).length === 0);
  if (requested === undefined) return able;
  if (requested.declarations) return [];
  const named = requested.classes.map((ref) => contexts.find((one) => one.ref === ref));
  const known = named.filter((one) => one !== undefined);
  if (known.length === 0) return [];
  const ranks = known.map(rank);
  switch (requested.comparison) {
    case 'exact':
      return known.filter((one) => able.includes(one));
    case 'minimum':
      return able.filter((one) => rank(one) >= Math.min(...ranks));
    case 'better':
      // Of one that is not known here nobody can say that something is stronger.
      return known.length < named.length ? [] : able.filter((one) => rank(one) > Math.max(...ranks));
    case 'maximum':
      return able.filter((one) => rank(one) <= Math.max(...ranks)).toReversed();
  }
}

/** The contexts of a system where none are configured: those of its profiles, in their order. */
export function defaultContexts({ profiles }: AssuranceLevels): readonly Context[] {
  return profiles.map(({ name, acr }) => ({ ref: acr, profile: name }));
}
