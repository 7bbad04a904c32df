import { isIP } from 'node:net';
import Joi from 'joi';
import { AsignioError } from '@asignio/contracts';

/** Options of {@link notifyWebhook}. */
export interface NotifyWebhookOptions {
  /** Where messages are posted to. Without TLS only on this machine itself. */
  readonly url: string;
  /**
   * What messages are signed with: `whsec_` and 24-64 random bytes in base64. With several, each signs, so that a secret
   * can be replaced without a gap: add the new one, teach it to the receiver, take the old one out.
   */
  readonly secrets: readonly string[];
  /** File with the certificates (PEM) of the authorities that may vouch for the server. @default those of Node.js */
  readonly caFile?: string;
  /** Longest time for one answer, ms. @default 5000 */
  readonly timeoutMs?: number;
  /** How often a message that met trouble is posted again before the caller is told. @default 2 */
  readonly retries?: number;
  /** Where the receiver stands: `local`, or an ISO 3166 region. @default 'local' */
  readonly region?: string;
  /** The data-processing agreement that covers the receiver, where it is somebody else's. */
  readonly agreement?: string;
}

/** Options with their defaults, and the secrets as keys. */
export interface ParsedOptions extends Required<Omit<NotifyWebhookOptions, 'secrets' | 'caFile' | 'agreement'>> {
  readonly keys: readonly Buffer[];
  readonly caFile?: string;
  readonly agreement?: string;
}

const SECRET = /^whsec_(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const MIN_KEY = 24;
const MAX_KEY = 64;

const schema = Joi.object<Omit<ParsedOptions, 'keys'> & { secrets: readonly string[] }>({
  url: Joi.string()
    .max(2048)
    .custom((value: string) => {
      const url = URL.canParse(value) ? new URL(value) : undefined;
      if (url === undefined || url.username !== '' || url.password !== '' || url.hash !== '')
        throw new Error('must be an address such as https://hooks.example/asignio, without user, password or fragment');
      if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isThisMachine(url.hostname)))
        throw new Error('must begin with https: messages would cross the network in plain sight');
      return url.href;
    })
    .required(),
  secrets: Joi.array()
    .items(
      Joi.string().custom((value: string) => {
        const { length } = keyOf(value);
        if (!SECRET.test(value) || length < MIN_KEY || length > MAX_KEY)
          throw new Error(`must be whsec_ and ${MIN_KEY}-${MAX_KEY} random bytes in base64`);
        return value;
      }),
    )
    .min(1)
    .max(4)
    .unique()
    .required(),
  caFile: Joi.string()
    .min(1)
    .max(4096)
    // oxlint-disable-next-line no-control-regex -- a path with NUL would be cut short by the operating system
    .pattern(/^[^\0]+$/, 'a path'),
  timeoutMs: Joi.number().integer().min(1).max(120_000).default(5000),
  retries: Joi.number().integer().min(0).max(10).default(2),
  region: Joi.string()
    .pattern(/^(?:local|[A-Z]{2}(?:-[A-Z0-9]{1,3})?)$/, 'local, or a region of ISO 3166')
    .default('local'),
  agreement: Joi.string(),
})
  .required()
  .label('options');

/** Checks the options and fills in defaults. Throws `ASIGNIO_OPTION_INVALID`, naming the option and never a secret. */
export function parseOptions(options: NotifyWebhookOptions): ParsedOptions {
  const { value, error } = schema.validate(options, { convert: false });
  // Without the cause, which holds the secrets.
  if (error !== undefined) throw new AsignioError('ASIGNIO_OPTION_INVALID', `notifyWebhook: ${error.message}`);
  const { secrets, ...rest } = value;
  return { ...rest, keys: secrets.map(keyOf) };
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
}

function isThisMachine(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  return host === 'localhost' || bare === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
