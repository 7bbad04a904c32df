import { languageOf } from '@asignio/bridge';
import type { Request, Response } from 'express';
import type { ServiceProvider } from '../options/service-providers.ts';
import { harden } from '../pages/headers.ts';
import type { Refusal } from '../xml/names.ts';
import { statementOf } from './assertions.ts';
import { assertionResponse, refusalResponse } from './response.ts';
import type { Addressee } from './response.ts';
import type { ProviderTools } from './tools.ts';
import type { SignedIn, Visit } from './visits.ts';

type Addressed = Pick<Visit, 'serviceProvider' | 'consumer' | 'inResponseTo' | 'relayState'>;
type Answered = Addressed & Pick<Visit, 'expected' | 'nameIdFormat'>;

/** Answers that somebody signed in. */
export async function answer(
  tools: ProviderTools,
  req: Request,
  res: Response,
  visit: Answered,
  to: ServiceProvider,
  signedIn: SignedIn,
): Promise<void> {
  const { core, settings } = tools;
  const statement = await statementOf(core, settings, visit, to, signedIn);
  if ('refusal' in statement) {
    await answerRefusal(tools, req, res, visit, statement.refusal);
    return;
  }
  const { nameId, sessionIndex } = statement;
  await tools.sessions.join(
    signedIn.session,
    { serviceProvider: visit.serviceProvider, nameId, sessionIndex },
    signedIn.sessionEnds,
  );
  const { signing } = await tools.keys();
  send(tools, req, res, visit, assertionResponse(addresseeOf(tools, visit), statement, signing, to.encryptTo));
}

/** Answers why nobody did. */
export async function answerRefusal(
  tools: ProviderTools,
  req: Request,
  res: Response,
  visit: Addressed,
  refusal: Refusal,
): Promise<void> {
  const { signing } = await tools.keys();
  send(tools, req, res, visit, refusalResponse(addresseeOf(tools, visit), refusal, signing));
}

function addresseeOf({ settings }: ProviderTools, visit: Addressed): Addressee {
  return {
    issuer: settings.entityId,
    destination: visit.consumer,
    audience: visit.serviceProvider,
    inResponseTo: visit.inResponseTo ?? undefined,
    now: settings.clock.now(),
  };
}

function send({ settings, pages }: ProviderTools, req: Request, res: Response, visit: Addressed, xml: string): void {
  const to = settings.serviceProviders.find(({ metadata }) => metadata.entityId === visit.serviceProvider);
  harden(res, true);
  res.type('html').send(
    pages.answer(languageOf(req.headers['accept-language']), to?.name ?? '', visit.consumer, {
      name: 'SAMLResponse',
      value: Buffer.from(xml).toString('base64'),
      relayState: visit.relayState ?? undefined,
    }),
  );
}
