import { once } from 'node:events';
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { AsignioError } from '@asignio/contracts';
import { Patience } from '#src/patience.js';

/** Longer than the patience, and long enough not to be taken for a timer that waited its turn. */
const STANDSTILL_MS = 600;
/** A server that says back what it is told, and goes on while this thread stands still. */
const ECHO = `
  const { createServer } = require('node:net');
  const { parentPort } = require('node:worker_threads');
  const server = createServer((socket) => socket.pipe(socket));
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

/** As SIGSTOP does, or a laptop that sleeps: nothing of this thread runs meanwhile. */
const standStill = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STANDSTILL_MS);

describe('the patience of storage-mongodb', () => {
  it('reads what was answered while the process stood still', async () => {
    const server = new Worker(ECHO, { eval: true });
    try {
      const [port] = (await once(server, 'message')) as [number];
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      const work = new Patience(50).read(async () => {
        const answer = once(socket, 'data');
        socket.write('answer');
        return ((await answer) as [Buffer])[0].toString();
      });
      standStill();
      expect(await work).to.equal('answer');
      socket.destroy();
    } finally {
      await server.terminate();
    }
  });

  it('ends all the same where nothing was answered', async () => {
    const work = new Patience(50).read(() => new Promise<never>(() => undefined));
    standStill();
    const refusal = await work.catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(AsignioError);
    expect((refusal as AsignioError).code).to.equal('ASIGNIO_STORAGE_UNAVAILABLE');
  });
});
