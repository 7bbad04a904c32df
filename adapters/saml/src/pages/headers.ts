import type { Response } from 'express';

/**
 * Headers of every page.
 * @param leaves the page leads on to a service provider, and from there wherever it likes: browsers hold `form-action`
 * against those redirects too
 */
export function harden(res: Response, leaves = false): void {
  const own = "'self'";
  res.set({
    'Cache-Control': 'no-store',
    'Content-Security-Policy': [
      "default-src 'none'",
      `script-src ${own}`,
      `style-src ${own}`,
      `img-src ${own}`,
      `connect-src ${own}`,
      ...(leaves ? [] : [`form-action ${own}`]),
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    // `no-referrer` would make browsers send `Origin: null` with forms.
    'Referrer-Policy': leaves ? 'strict-origin' : 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin-allow-popups',
  });
}
