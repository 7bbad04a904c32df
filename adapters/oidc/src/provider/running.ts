import { failureName } from '@asignio/bridge';
import type { Request, RequestHandler } from 'express';
import { Provider } from 'oidc-provider';
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { pageHeaders } from '../interaction/headers.ts';
import type { Keyring, Keys } from '../keys/keyring.ts';
import { mountPath } from '../options.ts';
import type { Settings } from '../options.ts';

/** What a {@link RunningProvider} stands on. */
export interface RunningTools {
  readonly settings: Settings;
  readonly keyring: Keyring;
  /** The configuration with these keys. */
  readonly configure: (keys: Keys) => Configuration;
}

/** Keys are looked up anew after so long, ms: they are made for days, and revoked in an emergency. */
const KEYS_FRESH_MS = 30_000;

/** The provider with the keys of now: made anew when they change, for it reads them once. */
export class RunningProvider {
  private readonly tools: RunningTools;
  private latest: { readonly provider: Provider; readonly version: string; readonly readAt: number } | undefined;

  constructor(tools: RunningTools) {
    this.tools = tools;
  }

  async provider(): Promise<Provider> {
    const { settings, keyring } = this.tools;
    const now = settings.clock.now();
    const { latest } = this;
    if (latest !== undefined && Math.abs(now - latest.readAt) < KEYS_FRESH_MS) return latest.provider;
    const keys = await keyring.current();
    const provider = latest?.version === keys.version ? latest.provider : this.make(keys);
    this.latest = { provider, version: keys.version, readAt: now };
    return provider;
  }

  async replaceKeys(revoke: boolean): Promise<void> {
    await this.tools.keyring.replace(revoke);
    this.latest = undefined;
    await this.provider();
  }

  /** Hands requests to it. */
  handler(): RequestHandler {
    return async (req, res) => {
      const provider = await this.provider();
      await provider.callback()(req, res);
    };
  }

  private make(keys: Keys): Provider {
    const { settings, configure } = this.tools;
    const provider = new Provider(issuerOf(settings), configure(keys));
    // What it is told of the request's scheme and host is what the configuration says: see `pin`.
    provider.proxy = true;
    provider.use(secureHeaders);
    provider.on('server_error', (_ctx, error) =>
      settings.logger.error({ error: failureName(error) }, 'asignio: a sign-in failed'),
    );
    provider.on('backchannel.error', (_ctx, error, client) =>
      settings.logger.warn(
        { error: failureName(error), client: client.clientId },
        'asignio: a relying party was not told of a sign-out',
      ),
    );
    return provider;
  }
}

/** The issuer as it was written: a trailing slash that `URL` adds would make another one of it. */
export function issuerOf(settings: Settings): string {
  return `${settings.issuer.origin}${mountPath(settings)}`;
}

/**
 * Every address that the provider gives out is made of the issuer. Headers of the request that say otherwise (`Host`,
 * `X-Forwarded-Host`) are a stranger's word, and would send tokens to the stranger.
 */
export function pin(settings: Settings): RequestHandler {
  const { issuer } = settings;
  return (req, _res, next) => {
    req.headers.host = issuer.host;
    req.headers['x-forwarded-host'] = issuer.host;
    req.headers['x-forwarded-proto'] = issuer.protocol.slice(0, -1);
    (req as Request & { originalUrl: string }).originalUrl = `${mountPath(settings)}${req.url}`;
    next();
  };
}

async function secureHeaders(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  ctx.set(pageHeaders([]));
  await next();
  // Where there is nothing there is no request of OpenID Connect either.
  const { params, session, route } = (ctx.oidc as typeof ctx.oidc | undefined) ?? {};
  const state = (session as { state?: { postLogoutRedirectUri?: unknown } } | undefined)?.state;
  const targets = [params?.['redirect_uri'], state?.postLogoutRedirectUri].filter((one) => typeof one === 'string');
  const policy = ctx.response.get('content-security-policy');
  const [source = ''] = /form-action [^;]*/.exec(pageHeaders(targets)['Content-Security-Policy'] ?? '') ?? [];
  ctx.set('content-security-policy', policy.replace(/form-action [^;]*/, source));
  // Answers for anybody may be kept, as the provider says.
  if (route === 'jwks' || route === 'discovery') ctx.set('cache-control', 'public, max-age=300');
}
