import { parseArgs } from 'node:util';

/** What the command line and the environment ask for. */
export interface Arguments {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  /** Where the store is that several processes share; `undefined` for the embedded one. */
  readonly storage: string | undefined;
  /** Where its pages are seen from outside, when a proxy is in front. */
  readonly origin: string | undefined;
  /** Whether people may sign in with their face too. */
  readonly face: boolean;
  readonly help: boolean;
}

/** What is wrong with the command line, in a sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const HELP = `Asignio demo: sign in to an Express app by drawing your signature

Usage: npm start -- [options]

  --port N     port to listen on (default: PORT or 3000; 0 takes a free one)
  --host H     address to listen on (default: 127.0.0.1; 0.0.0.0 lets a phone in your network try it)
  --data DIR   folder for accounts, signatures and keys (default: ./.asignio)
  --storage URI  mongodb://..., a store that several processes share; they need the same keys.json in --data
               (default: ASIGNIO_STORAGE, where no list of processes shows its password; else an embedded one)
  --origin URL public address when a proxy on this machine is in front, http://host:port
  --face       sign in with your face too; needs a camera, and https or this machine itself
  --help       this text
`;

/** @throws UsageError */
export function readArguments(args: readonly string[], env: NodeJS.ProcessEnv): Arguments {
  const values = parsed(args);
  return {
    port: port(values.port ?? env['PORT'] ?? '3000'),
    host: values.host ?? '127.0.0.1',
    data: values.data ?? './.asignio',
    storage: storage(values.storage ?? env['ASIGNIO_STORAGE']),
    origin: origin(values.origin),
    face: values.face ?? false,
    help: values.help ?? false,
  };
}

function parsed(args: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    const options = {
      port: text,
      host: text,
      data: text,
      storage: text,
      origin: text,
      face: { type: 'boolean' },
      help: { type: 'boolean' },
    } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'The command line was not understood');
  }
}

function port(given: string): number {
  if (/^\d{1,5}$/.test(given) && Number(given) <= 65_535) return Number(given);
  throw new UsageError(`A port is a number from 0 to 65535, not "${given}"`);
}

function storage(given: string | undefined): string | undefined {
  if (given === undefined || given === '') return undefined;
  if (/^mongodb(?:\+srv)?:\/\//.test(given)) return given;
  throw new UsageError('A store is named by a URI that begins with mongodb:// or mongodb+srv://');
}

function origin(given: string | undefined): string | undefined {
  if (given === undefined || (URL.canParse(given) && new URL(given).origin === given)) return given;
  throw new UsageError(`An origin is an address such as https://app.example, without a path, not "${given}"`);
}
