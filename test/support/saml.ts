import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import type { Profile } from '@node-saml/node-saml';
import { temporaryFolder } from '@asignio/testkit';
import type { Signer } from '@asignio/testkit';
import { createAsignio } from 'asignio';
import { createSamlBridge } from 'asignio/saml';
import type { SamlBridgeOptions } from 'asignio/saml';
import express from 'express';
import { Visitor } from './visitor.ts';

/** A company with a SAML identity provider, and a shop that trusts it. */
export interface SamlStage {
  readonly company: string;
  readonly shop: string;
  /** What the shop was told, in the order of arrival. */
  readonly told: readonly Profile[];
  /** Has somebody agree, and draw five times. */
  enrol(name: string, signer: Signer): Promise<void>;
  close(): Promise<void>;
}

/**
 * The shop is a service provider on node-saml, with the checks that it has switched on.
 * @param more options of the company's bridge
 */
export async function startSaml(more: Partial<SamlBridgeOptions> = {}): Promise<SamlStage> {
  const folder = temporaryFolder('asignio-saml-stage-');
  const [companyServer, shopServer] = [await listen(), await listen()];
  const [company, shop] = [urlOf(companyServer), urlOf(shopServer)];
  let signedIn: string | undefined;
  const asignio = await createAsignio({
    origins: [company],
    data: folder.path,
    workers: 1,
    controller: { name: 'The Company', contact: 'privacy@company.example' },
    // Who enrols says so; who signs in by drawing is nobody yet.
    subject: () => signedIn,
    regions: { deployment: 'DE', policy: { home: 'DE', allowed: [] } },
  });
  const consumer = `${shop}/acs`;
  const metadata = `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${shop}">
    <md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
      <md:AssertionConsumerService index="0" Location="${consumer}"
        Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"/>
    </md:SPSSODescriptor></md:EntityDescriptor>`;
  const bridge = await createSamlBridge(asignio.core, {
    entityId: `${company}/saml`,
    serviceProviders: [{ metadata, name: 'The Shop', region: 'DE', attributes: ['name', 'email', 'phone'] }],
    attributes: (subject) => ({ name: 'Ada Lovelace', email: `${subject}@company.example` }),
    ...more,
  });
  companyServer.on('request', express().use('/asignio', asignio.router()).use('/saml', bridge.router()));

  const saml = new SAML({
    issuer: shop,
    audience: shop,
    callbackUrl: consumer,
    entryPoint: `${company}/saml/sso`,
    idpIssuer: bridge.entityId,
    idpCert: /<ds:X509Certificate>([^<]*)</.exec(await bridge.metadata())?.[1] ?? '',
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: true,
    validateInResponseTo: ValidateInResponseTo.always,
    disableRequestedAuthnContext: true,
    identifierFormat: null,
  });
  const told: Profile[] = [];
  const app = express();
  app.get('/', async (_req, res) => res.redirect(await saml.getAuthorizeUrlAsync('/welcome', undefined, {})));
  app.post('/acs', express.urlencoded({ extended: false }), async (req, res) => {
    try {
      const { profile } = await saml.validatePostResponseAsync(req.body as Record<string, string>);
      if (profile === null) throw new Error('Nobody');
      told.push(profile);
      res.redirect(303, '/welcome');
    } catch (error) {
      res.status(403).send(page('You are not signed in', error instanceof Error ? error.message : ''));
    }
  });
  app.get('/welcome', (_req, res) => res.send(page('Welcome to the shop', '')));
  shopServer.on('request', app);

  return {
    company,
    shop,
    told,
    async enrol(name, signer) {
      signedIn = name;
      const visitor = new Visitor(company);
      await visitor.consent();
      let seed = 0;
      const { status } = await visitor.enrol(() => signer.sign({ sitting: 0, seed: seed++ }));
      if (status !== 200) throw new Error(`${name} cannot be enrolled: ${status}`);
      signedIn = undefined;
    },
    async close() {
      for (const server of [companyServer, shopServer]) {
        server.close();
        server.closeAllConnections();
      }
      await asignio.close();
      folder.remove();
    },
  };
}

function page(title: string, text: string): string {
  return `<!doctype html><html lang="en"><head><title>${title}</title></head><body><main><h1>${title}</h1><p>${text}</p></main></body></html>`;
}

async function listen(): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
