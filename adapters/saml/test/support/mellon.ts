import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { BINDING, NS } from '#src/xml/names.js';
import type { PeerFiles } from './peers.js';
import type { ServiceProvider } from './service-provider.js';

const MODULES = '/usr/lib/apache2/modules';

/** Apache with mod_auth_mellon in front of everything that it has. */
export interface Mellon {
  readonly url: string;
  stop(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Metadata of the service provider that Apache is. */
export function mellonMetadata(url: string, { certificate }: Pick<ServiceProvider, 'certificate'>, more = ''): string {
  return `<md:EntityDescriptor xmlns:md="${NS.metadata}" entityID="${url}/mellon/metadata">
  <md:SPSSODescriptor protocolSupportEnumeration="${NS.protocol}" AuthnRequestsSigned="true" WantAssertionsSigned="true">
    <md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="${NS.signature}"><ds:X509Data><ds:X509Certificate>${certificate.raw.toString('base64')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    ${more}
    <md:SingleLogoutService Binding="${BINDING.redirect}" Location="${url}/mellon/logout"/>
    <md:AssertionConsumerService index="0" isDefault="true" Binding="${BINDING.post}" Location="${url}/mellon/postResponse"/>
  </md:SPSSODescriptor>
</md:EntityDescriptor>`;
}

/** Starts it; what was told is in the headers of its answers. */
export async function startMellon(
  files: PeerFiles,
  port: number,
  service: ServiceProvider,
  idpMetadata: string,
  context: string,
): Promise<Mellon> {
  const url = `http://127.0.0.1:${port}`;
  const { key, certificate } = files.writeKey(service.key);
  files.write('index.html', 'inside');
  const load = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'headers', 'dir', 'auth_mellon'].map(
    (name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`,
  );
  const configuration = files.write(
    'httpd.conf',
    `${load.join('\n')}
ServerRoot ${files.path}
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile ${files.path}/httpd.pid
ErrorLog ${files.path}/error.log
DocumentRoot ${files.path}
DirectoryIndex index.html
<Location />
  Require valid-user
  AuthType Mellon
  MellonEnable auth
  MellonEndpointPath /mellon
  MellonSPPrivateKeyFile ${key}
  MellonSPCertFile ${certificate}
  MellonSPMetadataFile ${files.write('mellon.xml', mellonMetadata(url, service))}
  MellonIdPMetadataFile ${files.write('idp.xml', idpMetadata)}
  MellonSignatureMethod rsa-sha256
  MellonAuthnContextClassRef ${context}
  Header set X-Told-Name "%{MELLON_NAME_ID}e"
  Header set X-Told-Mail "%{MELLON_urn:oid:0.9.2342.19200300.100.1.3}e"
</Location>
`,
  );
  const child = spawn('apache2', ['-f', configuration, '-DFOREGROUND'], { stdio: 'ignore' });
  const gone = once(child, 'exit');
  for (let tries = 0; tries < 100; tries++) {
    if (await answers(url)) break;
    await new Promise((done) => void setTimeout(done, 50));
  }
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url, { redirect: 'manual' });
    return true;
  } catch {
    return false;
  }
}
