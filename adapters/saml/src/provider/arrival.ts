import { languageOf } from '@asignio/bridge';
import type { Request, Response } from 'express';
import { wantedContexts } from '../assurance/contexts.ts';
import type { Incoming } from '../bindings/encoding.ts';
import { checkRelayState } from '../bindings/encoding.ts';
import { readPost } from '../bindings/post.ts';
import { readRedirect } from '../bindings/redirect.ts';
import type { ServiceProvider } from '../options/service-providers.ts';
import { harden } from '../pages/headers.ts';
import { acceptRequest } from '../request/accept.ts';
import type { AcceptedRequest } from '../request/accept.ts';
import type { Refusal } from '../xml/names.ts';
import { Refused } from '../xml/refused.ts';
import { nameIdFormat } from './assertions.ts';
import { answer, answerRefusal } from './answers.ts';
import { alreadySignedIn } from './standing.ts';
import { signOnUrl } from './tools.ts';
import type { ProviderTools } from './tools.ts';
import type { Visit } from './visits.ts';

type Start = Omit<Visit, 'begunAt' | 'browser' | 'introduced' | 'signedIn'>;

/** A request by redirect. */
export async function arriveByRedirect(tools: ProviderTools, req: Request, res: Response): Promise<void> {
  await arrive(tools, req, res, () => readRedirect(queryOf(req), 'SAMLRequest'));
}

/** The query as it stands in the URL. */
export function queryOf(req: Request): string {
  return /\?([^#]*)/.exec(req.originalUrl)?.[1] ?? '';
}

/** A request by POST; it comes from another site. */
export async function arriveByPost(tools: ProviderTools, req: Request, res: Response): Promise<void> {
  await arrive(tools, req, res, () => readPost(req.body, 'SAMLRequest'));
}

/** A link of ours, for service providers that take answers which they did not ask for. */
export async function arriveUnasked(tools: ProviderTools, req: Request, res: Response): Promise<void> {
  await refusing(tools, req, res, async () => {
    const { sp, RelayState } = req.query;
    const to = tools.settings.serviceProviders.find(({ metadata }) => metadata.entityId === sp);
    if (to?.idpInitiated === undefined) throw new Refused('unsolicited', 'It takes only answers that it asked for');
    if (RelayState !== undefined && typeof RelayState !== 'string')
      throw new Refused('parameters', 'A parameter is there twice');
    const relayState = checkRelayState(RelayState);
    if (relayState !== undefined && !to.idpInitiated.relayStates.includes(relayState))
      throw new Refused('relay-state', 'This RelayState is not among those that are configured');
    const consumer = consumerOf(to);
    const format = nameIdFormat(undefined, to);
    const { settings, core } = tools;
    await begin(tools, req, res, {
      serviceProvider: to.metadata.entityId,
      inResponseTo: null,
      consumer,
      relayState: relayState ?? null,
      nameIdFormat: format ?? '',
      expected: null,
      wanted: wantedContexts(settings.contexts, core.assurance, undefined, to.assurance),
      forceAuthn: false,
      isPassive: false,
    });
  });
}

async function arrive(tools: ProviderTools, req: Request, res: Response, read: () => Incoming): Promise<void> {
  await refusing(tools, req, res, async () => {
    const { settings, visits } = tools;
    const incoming = read();
    const now = settings.clock.now();
    const skew = settings.clockTolerance * 1000;
    const lifetime = settings.lifetimes.request * 1000;
    const { serviceProviders } = settings;
    const accepted = acceptRequest(incoming, {
      serviceProviders,
      destination: signOnUrl(settings),
      now,
      skew,
      lifetime,
    });
    const { request, serviceProvider } = accepted;
    const until = request.issuedAt + lifetime + 2 * skew;
    if (!(await visits.firstOf(serviceProvider.metadata.entityId, request.id, until)))
      throw new Refused('replay', 'A request with this ID was here before');
    await begin(tools, req, res, startOf(tools, accepted, incoming.relayState));
  });
}

function startOf(
  { core, settings }: ProviderTools,
  { request, serviceProvider, consumer }: AcceptedRequest,
  relayState: string | undefined,
): Start & { readonly refusal?: Refusal } {
  const { entityId } = serviceProvider.metadata;
  const format = nameIdFormat(request.nameIdFormat, serviceProvider);
  const wrongName = format === undefined || (request.nameIdQualifier ?? entityId) !== entityId;
  const refusal = request.unsupported ? 'requestUnsupported' : wrongName ? 'invalidNameIdPolicy' : undefined;
  return {
    serviceProvider: entityId,
    inResponseTo: request.id,
    consumer: consumer.location,
    relayState: relayState ?? null,
    nameIdFormat: format ?? '',
    expected: request.expected ?? null,
    wanted: wantedContexts(settings.contexts, core.assurance, request.context, serviceProvider.assurance),
    forceAuthn: request.forceAuthn,
    isPassive: request.isPassive,
    ...(refusal === undefined ? {} : { refusal }),
  };
}

async function begin(
  tools: ProviderTools,
  req: Request,
  res: Response,
  { refusal, ...start }: Start & { readonly refusal?: Refusal },
): Promise<void> {
  const unmet = refusal ?? (start.wanted.length === 0 ? 'noAuthnContext' : undefined);
  if (unmet !== undefined) {
    await answerRefusal(tools, req, res, start, unmet);
    return;
  }
  if (await answered(tools, req, res, start)) return;
  const { id, browser } = await tools.visits.begin(start);
  tools.cookies.setVisit(res, id, browser, tools.settings.lifetimes.visit * 1000);
  harden(res);
  res.redirect(303, `${tools.settings.path}/visit/${id}`);
}

/** Who is signed in, and was asked everything, is not sent round by a page. */
async function answered(tools: ProviderTools, req: Request, res: Response, start: Start): Promise<boolean> {
  const signedIn = await alreadySignedIn(tools, req, start);
  const to = tools.settings.serviceProviders.find(({ metadata }) => metadata.entityId === start.serviceProvider);
  if (signedIn === undefined || to === undefined) return false;
  const unasked = await tools.consents.unasked(signedIn.subject, to);
  if (unasked === undefined || unasked.length > 0) return false;
  // What the host knows now is what is told.
  await tools.consents.keep(tools.settings, signedIn.subject);
  await answer(tools, req, res, start, to, signedIn);
  return true;
}

function consumerOf({ metadata: { consumers } }: ServiceProvider): string {
  const [first] = consumers;
  if (first === undefined) throw new Refused('consumer', 'The metadata of the service provider do not name where to');
  return first.location;
}

/** What cannot be answered to anybody is told to the person, and to the operator. */
export async function refusing(
  { settings, pages }: Pick<ProviderTools, 'pages'> & { readonly settings: Pick<ProviderTools['settings'], 'logger'> },
  req: Request,
  res: Response,
  handler: () => Promise<void>,
): Promise<void> {
  try {
    await handler();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    settings.logger.warn({ reason: error.reason }, 'asignio: a SAML request was refused');
    harden(res);
    res
      .status(400)
      .type('html')
      .send(pages.wrong(languageOf(req.headers['accept-language']), error.reason));
  }
}
