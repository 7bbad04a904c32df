import { pageHeaders as bridgeHeaders } from '@asignio/bridge';
import type { Response } from 'express';

/**
 * Headers of every page. A form here leads on to where the relying party is, and browsers hold `form-action` against that
 * redirect too, so its origin is named.
 * @param targets addresses that a form may lead to
 */
export function pageHeaders(targets: readonly string[]): Readonly<Record<string, string>> {
  return bridgeHeaders({ forms: targets.flatMap(sourceOf) });
}

/** Sets them on an answer. */
export function harden(res: Response, targets: readonly string[]): void {
  res.set(pageHeaders(targets));
}

function sourceOf(target: string): string[] {
  if (!URL.canParse(target)) return [];
  const { protocol, origin } = new URL(target);
  return [protocol === 'https:' || protocol === 'http:' ? origin : protocol];
}
