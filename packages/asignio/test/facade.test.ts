import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import express from 'express';
import type { AsignioError, NotificationPlugin } from '@asignio/contracts';
import { DEFAULT_PROFILES, createAsignio, nist63b4 } from 'asignio';
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

  it('hands on what carries messages, the words of them, and how long a place is kept', async () => {
    const folder = temporaryFolder();
    const given = { origins: ['http://localhost:3000'], data: folder.path, workers: 1 };
    const calls: string[] = [];
    const notification: NotificationPlugin = {
      metadata: {
        name: 'pigeon',
        version: '1.0.0',
        kind: 'notification',
        capabilities: [],
        data: [],
        region: 'DE',
      },
      open: async () => void calls.push('open'),
      close: async () => void calls.push('close'),
      send: async () => void calls.push('send'),
    };
    await (await createAsignio({ ...given, notification, templates: [], locationDays: 7 })).close();
    expect(calls).to.deep.equal(['open', 'close']);
    for (const wrong of [{ locationDays: 0 }, { templates: [{ id: 'x' }] as never }, { notification: {} as never }])
      expect(
        await createAsignio({ ...given, ...wrong }).then(
          () => 'started',
          (error: unknown) => (error as AsignioError).code,
        ),
      ).to.match(/^ASIGNIO_(OPTION|PLUGIN|TEMPLATE|MESSAGE)_INVALID$/);
    folder.remove();
  });

  it('counts the requests of an address as it is told', async () => {
    const folder = temporaryFolder();
    const origin = 'http://localhost:3000';
    const given = { origins: [origin], data: folder.path, workers: 1 };
    const statuses: (readonly number[])[] = [];
    for (const rateLimit of [{ reads: 2 }, false] as const) {
      const asignio = await createAsignio({ ...given, rateLimit });
      const app = express().use('/asignio', asignio.router());
      const server = createServer(app).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/asignio/notices/current?language=en`;
      const seen: number[] = [];
      for (let n = 0; n < 4; n++) seen.push((await fetch(url)).status);
      statuses.push(seen);
      server.close();
      server.closeAllConnections();
      await asignio.close();
    }
    expect(statuses).to.deep.equal([
      [200, 200, 429, 429],
      [200, 200, 200, 200],
    ]);
    const error = await createAsignio({ ...given, rateLimit: { reads: 0 } }).catch((thrown: unknown) => thrown);
    expect(error).to.have.property('code', 'ASIGNIO_OPTION_INVALID');
    folder.remove();
  });

  it('does the modalities that it is asked for, with the pack of that name', async () => {
    const folder = temporaryFolder();
    const given = { origins: ['http://localhost:3000'], data: folder.path, workers: 1, modelsFolder: folder.path };
    const asignio = await createAsignio({ ...given, modalities: ['signature', 'face'] });
    expect(asignio.core.modalities).to.deep.equal(['signature', 'face']);
    await asignio.close();
    for (const wrong of [
      { modalities: [] },
      { modalities: ['gait'] as never },
      { modalities: ['face' as const], facePack: 'nobody' },
    ]) {
      const error = await createAsignio({ ...given, ...wrong }).catch((thrown: unknown) => thrown);
      expect(error).to.have.property('code', 'ASIGNIO_OPTION_INVALID');
    }
    folder.remove();
  }).timeout(30_000);

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

  it('63B-4 3.2.3: says at the start when nobody can satisfy a profile, and refuses one that offers no other way', async () => {
    const folder = temporaryFolder();
    const told: string[] = [];
    const logger = { warn: (_fields: object, message: string) => told.push(message), error: () => undefined };
    const options = { origins: ['http://localhost:3000'], data: folder.path, workers: 1, logger };
    const assurance = [...DEFAULT_PROFILES, nist63b4()];
    try {
      let refused: unknown;
      await createAsignio({ ...options, assurance }).catch((error: unknown) => (refused = error));
      expect(refused).to.include({ code: 'ASIGNIO_OPTION_INVALID' });
      const asignio = await createAsignio({ ...options, assurance, alternatives: ['A passphrase'] });
      await asignio.close();
      expect(told.at(-1)).to.match(
        /^Nobody can satisfy the assurance profile nist-63b4: The data of the model \S+ support a false match rate of 1 : \d+ at best; 1 : 10000 is asked for \(NIST/,
      );
    } finally {
      folder.remove();
    }
  });
});
