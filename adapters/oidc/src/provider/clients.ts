import { errors } from 'oidc-provider';
import type { Provider } from 'oidc-provider';
import type { OidcClientOptions } from '../options/clients.ts';
import { invalid } from '../options.ts';
import type { Settings } from '../options.ts';

/** The client that a request is of, as configured. */
export function clientOf({ clients }: Settings, id: unknown): OidcClientOptions | undefined {
  return clients.find((client) => client.id === id);
}

/**
 * Has the provider look at every client now, rather than when somebody first comes from there.
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the client.
 */
export async function checkClients(provider: Provider, { clients }: Settings): Promise<void> {
  for (const [index, { id }] of clients.entries())
    try {
      await provider.Client.find(id);
    } catch (error) {
      if (!(error instanceof errors.OIDCProviderError)) throw error;
      throw invalid(`\`clients[${index}]\` cannot be used: ${error.error_description ?? error.message}`);
    }
}
