import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AsignioError } from '@asignio/contracts';
import { integerOption, textOption } from './command.ts';
import type { Command } from './command.ts';

/** The demo as the build copies it into this package. */
const SERVER = fileURLToPath(new URL('../demo/dist/server.js', import.meta.url));

const ignore = () => undefined;

/** `asignio demo`: the example application, on an embedded store. */
export const demo: Command = {
  name: 'demo',
  summary: 'Starts the demo: enrol by drawing five times, sign in by drawing once. Needs no other service.',
  options: {
    port: { type: 'string', value: 'PORT', help: 'port to listen on (default: $PORT, or 3000)' },
    host: { type: 'string', value: 'HOST', help: 'address to listen on', default: '127.0.0.1' },
    data: { type: 'string', value: 'DIR', help: 'folder of store and keys', default: './.asignio' },
  },
  notes: 'Ctrl-C stops it; what was enrolled is there at the next start.',
  async run(values) {
    const port = integerOption(values, 'port', 0, 65_535);
    if (!existsSync(SERVER))
      throw new AsignioError('ASIGNIO_FILE_UNREADABLE', 'The demo is not in this build; run npm run build first');
    const args = ['--host', textOption(values, 'host'), '--data', textOption(values, 'data')];
    const env = port === undefined ? process.env : { ...process.env, PORT: String(port) };
    const child = spawn(process.execPath, [SERVER, ...args], { stdio: 'inherit', env });
    // Ctrl-C reaches both; who stops this process alone means the demo.
    const pass = (signal: NodeJS.Signals) => child.kill(signal);
    process.on('SIGTERM', pass).on('SIGINT', ignore);
    try {
      const [code] = (await once(child, 'exit')) as [number | null];
      return code ?? 1;
    } finally {
      process.off('SIGTERM', pass).off('SIGINT', ignore);
    }
  },
};
