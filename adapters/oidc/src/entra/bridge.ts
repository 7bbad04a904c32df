import { failureName } from '@asignio/bridge';
import type { SubjectId } from '@asignio/contracts';
import type { AsignioCore } from '@asignio/core';
import express from 'express';
import type { Request, RequestHandler, Router } from 'express';
import { errors, interactionPolicy } from 'oidc-provider';
import type { ClientMetadata, Configuration } from 'oidc-provider';
import { Pages } from '../interaction/pages.ts';
import { interactionRoutes } from '../interaction/routes.ts';
import { Keyring } from '../keys/keyring.ts';
import type { Keys } from '../keys/keyring.ts';
import type { Settings } from '../options.ts';
import { Accounts } from '../provider/accounts.ts';
import type { Asks } from '../provider/asks.ts';
import { textOf } from '../provider/asks.ts';
import { configurationOf } from '../provider/configuration.ts';
import { Consents } from '../provider/consents.ts';
import type { Parts } from '../provider/parts.ts';
import { issuerOf, pin, RunningProvider } from '../provider/running.ts';
import { answerOf } from './claims.ts';
import { Hints } from './hint.ts';
import type { EntraSettings } from './options.ts';
import { Tickets } from './tickets.ts';

/** What {@link entraBridge} stands on. */
export interface EntraTools {
  readonly core: AsignioCore;
  /** Those of the whole bridge. */
  readonly settings: Settings;
  readonly entra: EntraSettings;
}

const DAY = 86_400;
/** Microsoft asks that a key is published for two days before it signs: it may know the old set for so long. */
const PUBLISH_BEFORE = 2 * DAY;
/** Entra gives up after ten minutes. */
const LONGEST_SIGN_IN = 600;
/** Of the parameters that Entra sends, those that go on; Microsoft asks that others are ignored. */
const PARAMETERS = ['client_id', 'scope', 'response_type', 'redirect_uri', 'nonce', 'state', 'claims'];

/**
 * An OpenID provider beside the one for everybody, for Microsoft Entra alone, at `<issuer>/entra`: Entra knows only the
 * implicit flow, which nobody else is to have, and insists on the person by a hint that it signs itself.
 */
export function entraBridge({ core, settings, entra }: EntraTools): {
  readonly running: RunningProvider;
  readonly router: Router;
} {
  const { tenant, clock, clockTolerance } = settings;
  const now = (): number => clock.now();
  const own: Settings = {
    ...settings,
    issuer: new URL(`${issuerOf(settings)}/entra`),
    clients: [entra.client],
    lifetimes: { ...settings.lifetimes, session: LONGEST_SIGN_IN, interaction: LONGEST_SIGN_IN },
    keys: { ...settings.keys, publishBefore: Math.max(settings.keys.publishBefore, PUBLISH_BEFORE) },
  };
  const tickets = new Tickets({ cabinet: core.cabinet, tenant, now, seconds: LONGEST_SIGN_IN });
  const parts: Parts = {
    core,
    settings: own,
    accounts: new Accounts(core, tenant),
    consents: new Consents(core, tenant),
    pages: new Pages(own),
    asks: entraAsks(core, entra, tickets),
  };
  const running = new RunningProvider({
    settings: own,
    keyring: new Keyring({
      cabinet: core.cabinet,
      tenant,
      issuer: own.issuer.href,
      now,
      ...own.keys,
      certified: own.issuer.host,
    }),
    configure: (keys) => entraConfiguration(parts, keys, entra, tickets),
  });
  const router = express.Router({ caseSensitive: true, strict: true });
  router.use(pin(own));
  router.use('/interaction', interactionRoutes({ ...parts, provider: () => running.provider() }));
  const form = express.urlencoded({ extended: false, limit: '64kb', parameterLimit: 50 });
  const hints = new Hints(entra, now, clockTolerance);
  router.all('/auth', form, entrance(hints, tickets, entra, own));
  router.use(running.handler());
  return { running, router };
}

/** Verifies the hint, and lets the request go on with a ticket in its place. */
function entrance(hints: Hints, tickets: Tickets, entra: EntraSettings, { logger }: Settings): RequestHandler {
  return async (req, _res, next) => {
    // A token belongs in no address.
    const sent = new URLSearchParams({ response_mode: 'form_post' });
    const given = (req.method === 'POST' ? req.body : req.query) as Readonly<Record<string, unknown>> | undefined;
    for (const name of PARAMETERS) {
      const value = textOf(given?.[name]);
      if (value !== undefined) sent.set(name, value);
    }
    try {
      const ticket = await tickets.issue(await hints.verify(textOf(given?.['id_token_hint']) ?? ''), entra);
      if (ticket !== undefined) sent.set('login_hint', ticket);
      else logger.warn({ client: entra.clientId }, 'asignio: Entra asked for an account that is nobody here');
    } catch (error) {
      const why = error instanceof Error ? error.message : failureName(error);
      logger.warn({ client: entra.clientId, why }, 'asignio: a hint of Entra was refused');
    }
    // The provider reads an address, whichever way it came.
    req.method = 'GET';
    req.url = `/auth?${sent.toString()}`;
    (req as Request & { originalUrl: string }).originalUrl = `${req.baseUrl}${req.url}`;
    next();
  };
}

/** What Entra asks for, and is told. */
function entraAsks(core: AsignioCore, entra: EntraSettings, tickets: Tickets): Asks {
  return {
    wanted(params) {
      const profile = core.assurance.profiles.find(({ name }) => name === entra.assurance);
      const possible = [...(profile?.factors ?? []), ...(profile?.conditions?.authenticator.value ?? [])];
      if (profile === undefined || answerOf(params['claims'], possible) === undefined) return { unmet: [] };
      return { profile, accepted: [], essential: true };
    },
    async who(params) {
      return { name: (await tickets.of(params['login_hint']))?.name, fixed: true };
    },
    async expects(params, _client, subject) {
      return (await tickets.of(params['login_hint']))?.subject === subject;
    },
    told(params, proof) {
      const answer = answerOf(params['claims'], proof.factors);
      return answer === undefined ? undefined : { acr: answer.acr, amr: [answer.amr] };
    },
  };
}

function entraConfiguration(parts: Parts, keys: Keys, entra: EntraSettings, tickets: Tickets): Configuration {
  const base = configurationOf(parts, keys);
  const client = {
    client_id: entra.client.id,
    client_name: entra.client.name,
    redirect_uris: [...entra.client.redirectUris],
    response_types: ['id_token'],
    grant_types: ['implicit'],
    scope: 'openid',
    subject_type: 'pairwise',
    token_endpoint_auth_method: 'none',
    id_token_signed_response_alg: 'RS256',
  };
  return {
    ...base,
    clients: [client as unknown as ClientMetadata],
    jwks: { keys: keys.jwks.keys.filter(({ alg }) => alg === 'RS256') },
    acrValues: [],
    scopes: ['openid'],
    claims: { openid: ['sub', 'acr', 'amr', 'auth_time'] },
    responseTypes: ['id_token'],
    clientAuthMethods: ['none'],
    enabledJWA: { idTokenSigningAlgValues: ['RS256'] },
    features: {
      devInteractions: { enabled: false },
      claimsParameter: { enabled: true },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      requestObjects: { enabled: false },
      resourceIndicators: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
    },
    // The person's name towards us, as Entra gave it: it compares.
    async pairwiseIdentifier(ctx, accountId) {
      const ticket = await tickets.of(ctx.oidc.params?.['login_hint']);
      if (ticket?.subject !== (accountId as SubjectId)) throw new errors.AccessDenied('the hint is of somebody else');
      return ticket.sub;
    },
    interactions: { ...base.interactions, policy: entraPolicy(parts.asks, tickets) },
  };
}

/** Every request of Entra's is a drawing of its own, by the person of its hint. */
function entraPolicy(asks: Asks, tickets: Tickets): interactionPolicy.DefaultPolicy {
  const { Check, base } = interactionPolicy;
  const policy = base();
  const login = policy.get('login');
  for (const name of ['essential_acr', 'essential_acrs']) login?.checks.remove(name);
  login?.checks.add(
    new Check('entra', 'a hint of Entra is needed, and a drawing now', 'login_required', async (ctx) => {
      const params = ctx.oidc.params ?? {};
      const ticket = await tickets.of(params['login_hint']);
      if (ticket === undefined) throw new errors.InvalidRequest('the id_token_hint is not one that can be listened to');
      if ('unmet' in asks.wanted(params))
        throw new errors.UnmetAuthenticationRequirements('nothing that is proved here is what was asked for');
      const fresh = ctx.oidc.result?.login !== undefined && ctx.oidc.session?.accountId === ticket.subject;
      return fresh ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT;
    }),
    0,
  );
  return policy;
}
