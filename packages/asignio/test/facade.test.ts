import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import express from 'express';
import type { AsignioError } from '@asignio/contracts';
import { createAsignio } from 'asignio';
import { temporaryFolder } from '@asignio/testkit';

describe('createAsignio', () => {
  it('hands on what governs vendors, regions and staff, and says which of it is wrong', async () => {
    const folder = temporaryFolder();
    const given = { origins: ['http://localhost:3000'], data: folder.path, workers: 1 };
    const signals = { mood: ['good', 'bad'] };
    const regions = { deployment: 'DE', policy: { home: 'DE', allowed: [] } };
    const asignio = await createAsignio({ ...given, signals, regions, vendors: [] });
    try {
      expect(asignio.core.governance.signals.allowed()).to.deep.equal(signals);
      expect(asignio.core.governance.vendors.list()).to.deep.equal([]);
    } finally {
      await asignio.close();
    }
    const codes: unknown[] = [];
    for (const wrong of [
      { regions: { ...regions, deployment: 'Germany' } },
      { signals: { score: ['1', '2'] } },
      { vendors: [{ metadata: { kind: 'storage' } }] as never },
      { staffRules: { version: '1', statements: [], validMonths: 12 } },
      { documents: { keptMs: 0, maxBytes: 1, source: 'x' } },
    ])
      codes.push(await createAsignio({ ...given, ...wrong }).catch((error: unknown) => (error as AsignioError).code));
    expect(codes.filter((code) => code !== 'ASIGNIO_OPTION_INVALID')).to.deep.equal(['ASIGNIO_PLUGIN_INVALID']);
    folder.remove();
  });

  it('knows by default whom the host has signed in, also by a number', async () => {
    const folder = temporaryFolder();
    const origin = 'http://localhost:3000';
    const asignio = await createAsignio({ origins: [origin], data: folder.path, workers: 1 });
    const app = express();
    app.use((req, _res, next) => {
      req.user = { id: 7 };
      next();
    });
    app.use('/asignio', asignio.router());
    const server = createServer(app);
    try {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const answer = await fetch(`http://127.0.0.1:${port}/asignio/subjects/me`, { headers: { origin } });
      expect(answer.status).to.equal(200);
      expect(await answer.json()).to.include({ subject: '7' });
    } finally {
      server.closeAllConnections();
      server.close();
      await asignio.close();
      folder.remove();
    }
  });
});
