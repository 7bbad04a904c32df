import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCompany } from './company.ts';
import { createShop } from './shop.ts';

const { PORT = '3000', SHOP_PORT = '3001', DATA = '.asignio/oidc-bridge' } = process.env;

// Listening comes first: a port may be any free one, and the issuer and the redirect URI have it.
const [companyServer, shopServer] = [await listen(PORT), await listen(SHOP_PORT)];
const [companyUrl, shopUrl] = [urlOf(companyServer), urlOf(shopServer)];
const shop = { redirectUri: `${shopUrl}/callback`, secret: randomBytes(32).toString('base64url') };

const company = await createCompany(companyUrl, shop, DATA);
companyServer.on('request', company.app);
shopServer.on('request', await createShop({ issuer: company.issuer, ...shop }));

process.stdout.write(`Company: ${companyUrl}\nShop:    ${shopUrl}\n`);
for (const [name, passphrase] of company.passphrases)
  process.stdout.write(`Until they draw, ${name} signs in to the company with ${passphrase}\n`);

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    for (const server of [companyServer, shopServer]) {
      server.close();
      server.closeAllConnections();
    }
    company.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });

async function listen(port: string): Promise<Server> {
  const server = createServer().listen(Number(port), '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
