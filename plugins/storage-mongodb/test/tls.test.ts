import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Context } from 'mocha';
import { describeMongodb, ownServer } from '@asignio/test-mongodb';
import { temporaryFolder } from '@asignio/testkit';
import { storageMongodb } from '@asignio/storage-mongodb';
import { refusal } from './refusals.js';
import { uriOf } from './stores.js';

/** Makes a certificate for this machine that vouches for itself. */
function certificate(context: Context, folder: string): { cert: string; key: string; both: string } {
  const [cert, key, both] = ['cert.pem', 'key.pem', 'both.pem'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const made = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  try {
    execFileSync('openssl', ['req', ...made, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  } catch {
    if (context.test !== undefined) context.test.title += ' (openssl is not installed)';
    return context.skip();
  }
  writeFileSync(both, `${readFileSync(cert, 'utf8')}${readFileSync(key, 'utf8')}`);
  return { cert, key, both };
}

describeMongodb('storage-mongodb over TLS', function () {
  this.timeout(60_000);

  it('R28: talks to a server whose certificate it is told to trust, and to no other', async function () {
    const folder = temporaryFolder();
    const files = certificate(this, folder.path);
    const server = await ownServer(this, { tls: files });
    const uri = uriOf(server, 'tls');
    const timeoutMs = 1500;
    try {
      const storage = storageMongodb({ uri, tls: { caFile: files.cert } });
      await storage.open();
      await storage.ping();
      await storage.close();
      for (const options of [{ tls: true }, { tls: false }, {}]) {
        const error = await refusal(() => storageMongodb({ uri, timeoutMs, ...options }).open());
        expect(error.code, JSON.stringify(options)).to.equal('ASIGNIO_STORAGE_UNAVAILABLE');
        if (options.tls === true) expect(error.message).to.contain('tls');
      }
    } finally {
      await server.remove();
      folder.remove();
    }
  });
});
