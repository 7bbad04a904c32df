import { AsignioError, toProblem } from '@asignio/contracts';
import type { AsignioCore } from '@asignio/core';
import express from 'express';
import type { ErrorRequestHandler, Request, RequestHandler, Router } from 'express';
import { Provider } from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { pageHeaders } from './interaction/headers.ts';
import { Pages } from './interaction/pages.ts';
import { interactionRoutes } from './interaction/routes.ts';
import { Keyring } from './keys/keyring.ts';
import type { Keys } from './keys/keyring.ts';
import { mountPath, settingsOf } from './options.ts';
import type { OidcBridgeOptions, Settings } from './options.ts';
import { Accounts } from './provider/accounts.ts';
import { configurationOf } from './provider/configuration.ts';
import { Consents } from './provider/consents.ts';

/** An OpenID provider whose sign-in is a ceremony. */
export interface OidcBridge {
  readonly issuer: string;
  /** Mount it at the issuer's path, beside `asignio.router()` and before the host's body parsers. */
  router(): Router;
  /**
   * Makes new signing keys that sign at once. They are rotated by themselves; this is for when a key got out: with
   * `revoke` nothing that was signed before verifies any more.
   */
  rotateKeys(how?: { readonly revoke?: boolean }): Promise<void>;
}

/** Keys are looked up anew after so long, ms: they are made for days, and revoked in an emergency. */
const KEYS_FRESH_MS = 30_000;

/**
 * Makes an OpenID provider of a system: relying parties redirect people here, they draw, and the relying party is told who
 * it was, how surely (`acr`, `amr`), and what they agreed that it is told.
 *
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the option, and what the store throws.
 * @example
 * ```ts
 * const bridge = await createOidcBridge(asignio.core, {
 *   issuer: 'https://id.example/oidc',
 *   clients: [
 *     { id: 'payroll', name: 'Payroll', region: 'DE', secret, redirectUris: ['https://payroll.example/callback'] },
 *   ],
 * });
 * app.use('/asignio', asignio.router());
 * app.use('/oidc', bridge.router());
 * ```
 */
export async function createOidcBridge(core: AsignioCore, options: OidcBridgeOptions): Promise<OidcBridge> {
  const settings = settingsOf(core, options);
  const running = new RunningProvider(core, settings);
  await running.provider();
  const router = express.Router({ caseSensitive: true, strict: true });
  router.use(pin(settings));
  router.use(
    '/interaction',
    interactionRoutes({ core, settings, ...running.parts, provider: () => running.provider() }),
  );
  router.use(async (req, res) => {
    const provider = await running.provider();
    await provider.callback()(req, res);
  });
  router.use(explain(settings));
  return {
    issuer: options.issuer,
    router: () => router,
    rotateKeys: async ({ revoke = false } = {}) => running.replaceKeys(revoke),
  };
}

/** The provider with the keys of now: made anew when they change, for it reads them once. */
class RunningProvider {
  readonly parts: { readonly accounts: Accounts; readonly consents: Consents; readonly pages: Pages };
  private readonly core: AsignioCore;
  private readonly settings: Settings;
  private readonly keyring: Keyring;
  private latest: { readonly provider: Provider; readonly version: string; readonly readAt: number } | undefined;

  constructor(core: AsignioCore, settings: Settings) {
    const { tenant, issuer, clock, keys } = settings;
    this.core = core;
    this.settings = settings;
    this.parts = {
      accounts: new Accounts(core, tenant),
      consents: new Consents(core, tenant),
      pages: new Pages(settings),
    };
    this.keyring = new Keyring({ cabinet: core.cabinet, tenant, issuer: issuer.href, now: () => clock.now(), ...keys });
  }

  async provider(): Promise<Provider> {
    const now = this.settings.clock.now();
    const { latest } = this;
    if (latest !== undefined && Math.abs(now - latest.readAt) < KEYS_FRESH_MS) return latest.provider;
    const keys = await this.keyring.current();
    const provider = latest?.version === keys.version ? latest.provider : this.make(keys);
    this.latest = { provider, version: keys.version, readAt: now };
    return provider;
  }

  async replaceKeys(revoke: boolean): Promise<void> {
    await this.keyring.replace(revoke);
    this.latest = undefined;
    await this.provider();
  }

  private make(keys: Keys): Provider {
    const { core, settings, parts } = this;
    const provider = new Provider(issuerOf(settings), configurationOf({ core, settings, ...parts }, keys));
    // What it is told of the request's scheme and host is what the configuration says: see `pin`.
    provider.proxy = true;
    provider.use(secureHeaders);
    provider.on('server_error', (_ctx, error) =>
      settings.logger.error({ error: nameOf(error) }, 'asignio: a sign-in failed'),
    );
    provider.on('backchannel.error', (_ctx, error, client) =>
      settings.logger.warn(
        { error: nameOf(error), client: client.clientId },
        'asignio: a relying party was not told of a sign-out',
      ),
    );
    return provider;
  }
}

/** The issuer as it was written: a trailing slash that `URL` adds would make another one of it. */
function issuerOf(settings: Settings): string {
  return `${settings.issuer.origin}${mountPath(settings)}`;
}

/**
 * Every address that the provider gives out is made of the issuer. Headers of the request that say otherwise (`Host`,
 * `X-Forwarded-Host`) are a stranger's word, and would send tokens to the stranger.
 */
function pin(settings: Settings): RequestHandler {
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
  const { params, session } = ctx.oidc;
  const state = (session as { state?: { postLogoutRedirectUri?: unknown } } | undefined)?.state;
  const targets = [params?.['redirect_uri'], state?.postLogoutRedirectUri].filter((one) => typeof one === 'string');
  const policy = ctx.response.get('content-security-policy');
  const [source = ''] = /form-action [^;]*/.exec(pageHeaders(targets)['Content-Security-Policy'] ?? '') ?? [];
  ctx.set('content-security-policy', policy.replace(/form-action [^;]*/, source));
  // Answers for anybody may be kept, as the provider says.
  if (ctx.oidc.route === 'jwks' || ctx.oidc.route === 'discovery') ctx.set('cache-control', 'public, max-age=300');
}

/** What went wrong, without a word of anybody's. */
function explain({ logger }: Settings): ErrorRequestHandler {
  return (error: unknown, _req, res, next) => {
    const known = error instanceof AsignioError ? error : new AsignioError('ASIGNIO_INTERNAL');
    if (known.status >= 500) logger.error({ error: nameOf(error) }, 'asignio: a sign-in failed');
    if (res.headersSent) {
      next(error);
      return;
    }
    res
      .status(known.status)
      .set(pageHeaders([]))
      .type('application/problem+json')
      .send(JSON.stringify(toProblem(known)));
  };
}

function nameOf(error: unknown): string {
  if (error instanceof AsignioError) return error.code;
  return error instanceof Error ? error.name : typeof error;
}
