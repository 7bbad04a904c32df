import type { CeremonyId } from './ids.ts';

/** Longest binding that is read back, in characters before decoding. */
const LONGEST = 1024;

/**
 * Name of the cookie that binds a ceremony to the browser that began it. Both the router (which sets it) and a sign-in
 * strategy at another path of the host (which reads it) use this.
 *
 * Over TLS the name has the `__Host-` prefix, with which a browser takes the cookie from this very host alone: a page of
 * a sibling domain cannot plant one (RFC 6265bis, section 4.1.3.2).
 * @param id ceremony
 * @param secure whether the request came over TLS, as the host sees it
 * @example
 * ```ts
 * bindingCookieName(ceremonyId('q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA'), true); // '__Host-asignio_q83vEjRW'
 * ```
 */
export function bindingCookieName(id: CeremonyId, secure: boolean): string {
  return `${secure ? '__Host-' : ''}asignio_${id.slice(0, 8)}`;
}

/** Whether a cookie of this name is a ceremony's. */
export function isBindingCookie(name: string): boolean {
  return /^(?:__Host-)?asignio_[A-Za-z0-9_-]{1,8}$/.test(name);
}

/** Names in a `Cookie` header, in the order sent: browsers send the oldest first (RFC 6265, section 5.4). */
export function cookieNames(header: string | undefined): readonly string[] {
  return pairs(header).map(([name]) => name);
}

/**
 * Value of one cookie of a `Cookie` header, percent-decoded.
 * @returns `undefined` where there is none, where it is malformed or over 1 kB, and where several of the name differ:
 * then one of them was planted, and nothing tells which.
 * @example
 * ```ts
 * readCookie('theme=dark; asignio_q83vEjRW=s3cret', 'asignio_q83vEjRW'); // 's3cret'
 * ```
 */
export function readCookie(header: string | undefined, name: string): string | undefined {
  const values = new Set(pairs(header).flatMap(([key, value]) => (key === name ? [value] : [])));
  const [value] = values;
  if (values.size !== 1 || value === undefined || value === '' || value.length > LONGEST) return undefined;
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

function pairs(header: string | undefined): readonly (readonly [string, string])[] {
  return (header ?? '').split(';').flatMap((part) => {
    const at = part.indexOf('=');
    return at < 1 ? [] : [[part.slice(0, at).trim(), part.slice(at + 1).trim()] as const];
  });
}
