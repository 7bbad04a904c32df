import type { OidcClientOptions } from '../options/clients.ts';
import type { Settings } from '../options.ts';

/**
 * What the provider may call: the addresses that stand in the configuration, and none that came with a request. Networks
 * of one's own are among them, for that is where many relying parties are; a redirect leads nowhere.
 */
export function outgoing(settings: Settings): typeof fetch {
  const allowed = new Set(
    settings.clients.flatMap(({ backchannelLogoutUri }) =>
      backchannelLogoutUri === undefined ? [] : [new URL(backchannelLogoutUri).href],
    ),
  );
  return async (url, init = {}) => {
    const { href } = new URL(url instanceof Request ? url.url : url);
    const keys = settings.clients.find((client) => keysAddress(settings, client) === href)?.jwks;
    if (keys !== undefined) return Response.json(keys);
    if (!allowed.has(href)) throw new Error('The provider calls only what its configuration names');
    const { method, headers, body, signal } = init;
    return fetch(href, {
      method: method ?? 'GET',
      redirect: 'manual',
      ...(headers === undefined ? {} : { headers }),
      ...(body == null ? {} : { body }),
      ...(signal == null ? {} : { signal }),
    });
  };
}

/**
 * OpenID Connect CIBA Core, section 4: keys of a client that is told pairwise identifiers are found by an address. They stand
 * in the configuration, so this one is answered from there, and nothing is called.
 */
export function keysAddress({ issuer }: Settings, { id }: OidcClientOptions): string {
  return `${issuer.href.replace(/\/$/, '')}/keys-of/${id}`;
}
