/** What a request says of the page it comes from. Header values as received. */
export interface RequestSource {
  /** `Origin`. */
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`, which a page cannot forge. */
  readonly fetchSite: string | undefined;
  /** Origin at which the host believes it was called, `https://app.example`. */
  readonly self: string;
  /** Whether the request can change anything; one that only reads is not asked to prove where it comes from. */
  readonly changes: boolean;
}

/**
 * Finds the allowed origin that a request comes from, or refuses.
 *
 * `Origin` decides where it is sent. Where it is missing, or `null` (which a form post from a page with
 * `Referrer-Policy: no-referrer` sends: Fetch standard, "append a request Origin header"), a changing request must say
 * `Sec-Fetch-Site: same-origin`, and is then of the host's own origin.
 * @param allowed origins as the host configured them, `https://app.example`
 * @returns one of `allowed`, or `undefined` to refuse
 * @example
 * ```ts
 * requestOrigin({ origin: 'https://evil.example', fetchSite: 'cross-site', self: 'https://app.example', changes: true },
 *   ['https://app.example']); // undefined
 * ```
 */
export function requestOrigin(source: RequestSource, allowed: readonly string[]): string | undefined {
  const { origin, fetchSite, self, changes } = source;
  if (origin !== undefined && origin !== 'null') return allowed.find((one) => one === origin);
  const own = ownOrigin(self, allowed);
  if (fetchSite === 'same-origin' && own !== undefined) return own;
  if (changes || origin === 'null') return undefined;
  return own ?? (allowed.length === 1 ? allowed[0] : undefined);
}

/** The host's own origin among the allowed ones; behind a proxy that ends TLS the scheme may differ. */
function ownOrigin(self: string, allowed: readonly string[]): string | undefined {
  const host = authority(self);
  return allowed.find((one) => one === self) ?? allowed.find((one) => authority(one) === host);
}

function authority(origin: string): string {
  return origin.slice(origin.indexOf('://') + 3);
}
