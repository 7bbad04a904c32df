/** How a page leads on. */
export interface Leading {
  /**
   * Where its forms may go beside its own origin (CSP sources). Browsers hold `form-action` against every redirect that
   * follows, so what is meant to be redirected anywhere has no such rule: `'anywhere'`.
   */
  readonly forms: readonly string[] | 'anywhere';
  /** @default 'same-origin': `no-referrer` would make browsers send `Origin: null` with forms */
  readonly referrer?: 'same-origin' | 'strict-origin';
}

/** Headers of every page of a bridge. */
export function pageHeaders({ forms, referrer = 'same-origin' }: Leading): Readonly<Record<string, string>> {
  const own = "'self'";
  const policy = [
    "default-src 'none'",
    `script-src ${own}`,
    `style-src ${own}`,
    `img-src ${own}`,
    `connect-src ${own}`,
    ...(forms === 'anywhere' ? [] : [`form-action ${[own, ...new Set(forms)].join(' ')}`]),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'Cache-Control': 'no-store',
    'Content-Security-Policy': policy.join('; '),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': referrer,
    'Cross-Origin-Opener-Policy': 'same-origin-allow-popups',
  };
}
