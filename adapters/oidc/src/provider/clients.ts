import type { OidcClientOptions } from '../options/clients.ts';
import type { Settings } from '../options.ts';

/** The client that a request is of, as configured. */
export function clientOf({ clients }: Settings, id: unknown): OidcClientOptions | undefined {
  return clients.find((client) => client.id === id);
}
