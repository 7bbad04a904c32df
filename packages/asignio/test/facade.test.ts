import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import express from 'express';
import { createAsignio } from 'asignio';
import { temporaryFolder } from '@asignio/testkit';

describe('createAsignio', () => {
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
