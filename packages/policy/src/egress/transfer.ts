import { AsignioError } from '@asignio/contracts';
import { isPrintable } from '../checks.ts';
import { countryOf, isInEea, isRegion, isWithin } from './regions.ts';
import type { Region } from './regions.ts';

/** What makes a transfer to another country lawful, where no decision of the European Commission does. */
export const TRANSFER_MECHANISMS = [
  'standard-contractual-clauses',
  'binding-corporate-rules',
  'data-privacy-framework',
  'explicit-consent',
  'legal-claims',
] as const;

/** A mechanism as it was agreed, with the reference under which it can be looked up (R32). */
export interface TransferMechanism {
  readonly kind: (typeof TRANSFER_MECHANISMS)[number];
  /** Of the clauses (`2021/914 module 2, signed 2026-01-15`), the rules, the certification, the consent or the order. */
  readonly id: string;
}

/** Where a tenant's data are, and may be. */
export interface RegionPolicy {
  /** Where the tenant's persons are. */
  readonly home: Region;
  /** Where their data may be stored and processed without more. `home` always may. */
  readonly allowed: readonly Region[];
}

/** How a transfer was found to be lawful. */
export interface TransferFinding {
  readonly from: Region;
  readonly to: Region;
  readonly by: 'allowed-region' | 'free-movement' | 'adequacy' | TransferMechanism['kind'];
  /** Reference of the mechanism; `null` where none is needed. */
  readonly id: string | null;
}

/**
 * Countries that the European Commission found adequate without conditions on the single recipient (GDPR Art. 45; the
 * Commission's list). Canada (commercial organisations alone) and the United States (certified companies alone) are not
 * here: they take a mechanism that names what covers the recipient.
 */
const ADEQUATE = new Set('AD AR CH FO GB GG IL IM JE JP KR NZ UY'.split(' '));

/** Whose law asks for a mechanism in nearly the same words: the EEA and the United Kingdom (UK GDPR Art. 45-49). */
function restrictsTransfers(country: string): boolean {
  return isInEea(country) || country === 'GB';
}

/** Checks a mechanism as it is handed in. Throws `ASIGNIO_REQUEST_INVALID`. */
export function checkMechanism(value: TransferMechanism): TransferMechanism {
  if (!TRANSFER_MECHANISMS.includes(value?.kind) || !isPrintable(value.id, 1, 200))
    throw new AsignioError(
      'ASIGNIO_REQUEST_INVALID',
      `mechanism: name one of ${TRANSFER_MECHANISMS.join(', ')} and its reference`,
    );
  return { kind: value.kind, id: value.id };
}

/**
 * Whether data of a tenant may be in, or go to, a region (R32): one that the tenant allows, one within the European
 * Economic Area from within it, one found adequate, or by a mechanism that somebody names.
 *
 * @param mechanism - what the agreement, the consent or the order states; without, only regions that need none
 * @throws AsignioError `ASIGNIO_TRANSFER_REFUSED`.
 * @example
 * ```ts
 * checkTransfer({ home: 'DE', allowed: [] }, 'FR').by; // 'free-movement'
 * checkTransfer({ home: 'DE', allowed: [] }, 'US');    // throws ASIGNIO_TRANSFER_REFUSED
 * ```
 */
export function checkTransfer(policy: RegionPolicy, to: Region, mechanism?: TransferMechanism | null): TransferFinding {
  const { home, allowed } = policy;
  if (!isRegion(to) || !isRegion(home)) throw refused('A region is a country of ISO 3166, or a state of one');
  const found = { from: home, to } as const;
  if (isWithin(to, home) || allowed.some((region) => isWithin(to, region)))
    return { ...found, by: 'allowed-region', id: null };
  const [origin, target] = [countryOf(home), countryOf(to)];
  if (isInEea(origin) && isInEea(target)) return { ...found, by: 'free-movement', id: null };
  // The United Kingdom recognises the EEA and what the EU had found adequate (Data Protection Act 2018, Schedule 21).
  if (restrictsTransfers(origin) && (ADEQUATE.has(target) || isInEea(target)))
    return { ...found, by: 'adequacy', id: null };
  if (mechanism == null) throw refused(`Data of ${home} may not go to ${to} without a transfer mechanism`);
  const { kind, id } = checkMechanism(mechanism);
  return { ...found, by: kind, id };
}

function refused(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_TRANSFER_REFUSED', detail);
}
