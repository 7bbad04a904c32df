import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder } from '@asignio/testkit';
import type { Context } from 'mocha';

const MODULES = '/usr/lib/apache2/modules';
const APACHE = '/usr/sbin/apache2';

/** Apache with mod_auth_openidc in front of a page. */
export interface Apache {
  readonly url: string;
  close(): Promise<void>;
}

/** Leaves the suite pending where there is none, unless real peers are demanded. */
export function needsModAuthOpenidc(context: Context): void {
  if (existsSync(APACHE) && existsSync(`${MODULES}/mod_auth_openidc.so`)) return;
  if (process.env['ASIGNIO_REQUIRE_PEERS'] === '1') throw new Error('mod_auth_openidc is not installed');
  for (const test of context.test?.parent?.tests ?? []) test.title += ' (mod_auth_openidc is not installed)';
  context.skip();
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts it; what it was told stands in the headers `X-Told-...` of the protected page. */
export async function startApache(
  port: number,
  client: { issuer: string; id: string; secret: string },
): Promise<Apache> {
  const folder = temporaryFolder('asignio-apache-');
  // The server works as another user.
  chmodSync(folder.path, 0o755);
  mkdirSync(join(folder.path, 'www/protected'), { recursive: true });
  writeFileSync(join(folder.path, 'www/protected/index.html'), '<h1>Inside</h1>');
  const url = `http://127.0.0.1:${port}`;
  const config = `
ServerRoot "${folder.path}"
ServerName 127.0.0.1
PidFile "${folder.path}/pid"
ErrorLog "${folder.path}/error.log"
Mutex posixsem
Listen 127.0.0.1:${port}
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
${['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'dir', 'headers', 'auth_openidc']
  .map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`)
  .join('\n')}
DocumentRoot "${folder.path}/www"
DirectoryIndex index.html
# Node's fetch says that it is a script; Apache would answer one with 401 and no redirect.
RequestHeader unset Sec-Fetch-Mode early
OIDCProviderMetadataURL ${client.issuer}/.well-known/openid-configuration
OIDCClientID ${client.id}
OIDCClientSecret ${client.secret}
OIDCRedirectURI ${url}/protected/callback
OIDCCryptoPassphrase of-this-test-alone
OIDCPKCEMethod S256
OIDCScope "openid email"
OIDCPassClaimsAs environment
<Location /protected>
  AuthType openid-connect
  Require valid-user
  Header always set X-Told-Sub "%{OIDC_CLAIM_sub}e"
  Header always set X-Told-Iss "%{OIDC_CLAIM_iss}e"
  Header always set X-Told-Acr "%{OIDC_CLAIM_acr}e"
  Header always set X-Told-Amr "%{OIDC_CLAIM_amr}e"
  Header always set X-Told-Email "%{OIDC_CLAIM_email}e"
</Location>
`;
  writeFileSync(join(folder.path, 'httpd.conf'), config);
  const child = spawn(APACHE, ['-f', join(folder.path, 'httpd.conf'), '-DFOREGROUND'], { stdio: 'pipe' });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  for (let tries = 0; (await fetch(url).catch(() => undefined)) === undefined; tries++) {
    if (child.exitCode !== null || tries > 200) throw new Error(`Apache did not start: ${output}`);
    await new Promise((done) => setTimeout(done, 50));
  }
  return {
    url,
    async close() {
      child.kill();
      if (child.exitCode === null) await once(child, 'exit');
      folder.remove();
    },
  };
}
