import type { Response } from 'express';

/**
 * Headers of every page. A form here leads on to where the relying party is, and browsers hold `form-action` against that
 * redirect too, so its origin is named.
 * @param targets addresses that a form may lead to
 */
export function pageHeaders(targets: readonly string[]): Readonly<Record<string, string>> {
  const own = "'self'";
  const policy = [
    "default-src 'none'",
    `script-src ${own}`,
    `style-src ${own}`,
    `img-src ${own}`,
    `connect-src ${own}`,
    `form-action ${[own, ...new Set(targets.flatMap(sourceOf))].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'Cache-Control': 'no-store',
    'Content-Security-Policy': policy.join('; '),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    // `no-referrer` would make browsers send `Origin: null` with forms.
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin-allow-popups',
  };
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
