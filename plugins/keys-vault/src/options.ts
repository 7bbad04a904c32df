import { isIP } from 'node:net';
import Joi from 'joi';
import { AsignioError } from '@asignio/contracts';

/**
 * Where the token comes from: an environment variable, a file that is its owner's alone and is read again when the server
 * refuses what it held (a Vault Agent renews it there), or the text itself.
 */
export type TokenSource = { readonly env: string } | { readonly file: string } | { readonly text: string };

/** Options of {@link keysVault}. */
export interface KeysVaultOptions {
  /** `https://vault.example:8200`. Without TLS only on this machine itself, to an agent or a proxy. */
  readonly address: string;
  /** @default { env: 'VAULT_TOKEN' } */
  readonly token?: TokenSource;
  /** Vault Enterprise, HCP and OpenBao: the namespace that the engine is mounted in. */
  readonly namespace?: string;
  /** Where the Transit engine is mounted. @default 'transit' */
  readonly mount?: string;
  /** Begins the name of every tenant's key. @default 'asignio-' */
  readonly prefix?: string;
  /** File with the certificates (PEM) of the authorities that may vouch for the server. @default those of Node.js */
  readonly caFile?: string;
  /** Longest time for one answer, ms. @default 5000 */
  readonly timeoutMs?: number;
  /** How often a call that failed on the way, or met a server that is busy or sealed, is made again. @default 4 */
  readonly retries?: number;
  /** Where the server stands: `local`, or an ISO 3166 region. @default 'local' */
  readonly region?: string;
  /** The data-processing agreement that covers the server, where it is somebody else's. */
  readonly agreement?: string;
}

/** Options with their defaults. */
export type ParsedOptions = Required<Omit<KeysVaultOptions, 'namespace' | 'caFile' | 'agreement'>> &
  Pick<KeysVaultOptions, 'namespace' | 'caFile' | 'agreement'>;

// oxlint-disable-next-line no-control-regex -- a path with NUL would be cut short by the operating system
const path = Joi.string()
  .min(1)
  .max(4096)
  .pattern(/^[^\0]+$/, 'a path');
/** What goes into a URL: plain names, parted by slashes. */
const names = (max: number) =>
  Joi.string()
    .max(max)
    .pattern(/^[A-Za-z0-9_][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$/, 'names parted by slashes');

const schema = Joi.object<ParsedOptions>({
  address: Joi.string()
    .custom((value: string) => {
      const url = URL.canParse(value) ? new URL(value) : undefined;
      if (url === undefined || url.origin !== value.replace(/\/$/, ''))
        throw new Error('must be an address such as https://vault.example:8200, without a path');
      if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isThisMachine(url.hostname)))
        throw new Error('must begin with https: keys would cross the network in plain sight');
      return url.origin;
    })
    .required(),
  token: Joi.alternatives(
    Joi.object({
      env: Joi.string()
        .pattern(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of a variable')
        .required(),
    }),
    Joi.object({ file: path.required() }),
    Joi.object({ text: Joi.string().required() }),
  ).default({ env: 'VAULT_TOKEN' }),
  namespace: names(256),
  mount: names(256).default('transit'),
  prefix: Joi.string()
    .max(64)
    .pattern(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, 'the beginning of a name')
    .default('asignio-'),
  caFile: path,
  timeoutMs: Joi.number().integer().min(1).max(120_000).default(5000),
  retries: Joi.number().integer().min(0).max(20).default(4),
  region: Joi.string()
    .pattern(/^(?:local|[A-Z]{2}(?:-[A-Z0-9]{1,3})?)$/, 'local, or a region of ISO 3166')
    .default('local'),
  agreement: Joi.string(),
})
  .required()
  .label('options');

/** Checks the options and fills in defaults. Throws `ASIGNIO_OPTION_INVALID`, naming the option. */
export function parseOptions(options: KeysVaultOptions): ParsedOptions {
  const { value, error } = schema.validate(options, { convert: false });
  // Without the cause, which holds the token.
  if (error !== undefined) throw new AsignioError('ASIGNIO_OPTION_INVALID', `keysVault: ${error.message}`);
  return value;
}

function isThisMachine(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  return host === 'localhost' || bare === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
