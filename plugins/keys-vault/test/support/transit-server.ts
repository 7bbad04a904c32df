import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';

/*
 * A server that speaks the Transit engine's HTTP API as it is documented (developer.hashicorp.com/vault/api-docs/secret/transit,
 * openbao.org/api-docs/secret/transit): named keys with versions, keys derived by context, AES-256-GCM, tokens, namespaces.
 * The cryptography is real; storage, seal, policies and audit of a Vault are not here.
 */

interface NamedKey {
  readonly derived: boolean;
  readonly versions: Map<number, { readonly secret: Buffer; readonly createdAt: number }>;
  latest: number;
  minDecryption: number;
  minEncryption: number;
}

/** What goes wrong with a request: an HTTP status, or something on the way. */
export type Fault = number | 'hang' | 'cut' | 'garbage' | 'reset' | 'huge' | 'redirect' | undefined;

export interface TransitServer {
  readonly address: string;
  /** Tokens that are good. */
  readonly tokens: Set<string>;
  /** Every request: method and path. */
  readonly seen: string[];
  /** Asked before each request is served. */
  fault: (path: string, count: number) => Fault;
  /** Deletes a named key, as an operator would. */
  deleteKey(namespace: string, name: string): void;
  close(): Promise<void>;
}

/** Starts one on this machine; with a certificate, over TLS. */
export async function startTransit(tls?: { cert: string; key: string }): Promise<TransitServer> {
  const namespaces = new Map<string, Map<string, NamedKey>>();
  const tokens = new Set<string>();
  const seen: string[] = [];
  const state: { fault: TransitServer['fault'] } = { fault: () => undefined };

  const serve: http.RequestListener = (request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '/', 'http://vault');
      const path = url.pathname.replace(/^\/v1\//, '');
      seen.push(`${request.method} ${path}`);
      const fault = state.fault(path, seen.length);
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const answer = (status: number, body: object) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      };
      if (fault === 'hang') return;
      if (fault === 'reset') return void request.socket.destroy();
      if (fault === 'garbage') return void response.writeHead(200).end('<html>not what you expect</html>');
      if (fault === 'redirect') return void response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end();
      if (fault === 'huge') return void response.writeHead(200).end(Buffer.alloc(8 * 2 ** 20, 0x20));
      if (fault === 'cut') {
        response.writeHead(200, { 'content-length': 1000 });
        response.write('{"data":{');
        return void setImmediate(() => request.socket.destroy());
      }
      if (typeof fault === 'number') return answer(fault, { errors: ['a fault that was asked for'] });
      if (path === 'sys/health') return answer(200, { initialized: true, sealed: false, standby: false });
      if (!tokens.has(String(request.headers['x-vault-token']))) return answer(403, { errors: ['permission denied'] });
      const namespace = String(request.headers['x-vault-namespace'] ?? '');
      const keys = namespaces.get(namespace) ?? new Map<string, NamedKey>();
      namespaces.set(namespace, keys);
      const text = Buffer.concat(parts).toString('utf8');
      const [status, body] = transit(keys, request.method ?? '', path, text === '' ? {} : (JSON.parse(text) as Body));
      answer(status, body);
    })().catch(() => response.destroy());
  };
  const server = tls === undefined ? http.createServer(serve) : https.createServer(tls, serve);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    address: tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`,
    tokens,
    seen,
    get fault() {
      return state.fault;
    },
    set fault(fault) {
      state.fault = fault;
    },
    deleteKey: (namespace, name) => namespaces.get(namespace)?.delete(name),
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

type Body = { readonly [name: string]: unknown };
type Reply = readonly [number, object];

function transit(keys: Map<string, NamedKey>, method: string, path: string, body: Body): Reply {
  // GenericNameRegex of the server: a name begins and ends with a word character.
  const [, operation, name, action] =
    /^transit\/(keys|encrypt|decrypt|rewrap)\/(\w(?:[\w.-]*\w)?)(?:\/(rotate|config|trim))?$/.exec(path) ?? [];
  if (operation === undefined || name === undefined) return [404, { errors: [] }];
  const key = keys.get(name);
  if (operation === 'keys') return onKey(keys, method, name, key, action, body);
  if (method !== 'POST') return [405, { errors: ['unsupported operation'] }];
  try {
    if (operation === 'encrypt') {
      if (key === undefined) keys.set(name, newKey(body['context'] !== undefined));
      return [200, { data: { ciphertext: encrypt(keys.get(name), body, bytesOf(body['plaintext'])) } }];
    }
    if (key === undefined) return [400, { errors: ['encryption key not found'] }];
    const plain = decrypt(key, body);
    if (operation === 'decrypt') return [200, { data: { plaintext: plain.toString('base64') } }];
    if (body['associated_data'] !== undefined) return [400, { errors: ['rewrap knows no associated data'] }];
    return [200, { data: { ciphertext: encrypt(key, body, plain), key_version: key.latest } }];
  } catch (error) {
    return [400, { errors: [(error as Error).message] }];
  }
}

function onKey(
  keys: Map<string, NamedKey>,
  method: string,
  name: string,
  key: NamedKey | undefined,
  action: string | undefined,
  body: Body,
): Reply {
  if (action === undefined && method === 'POST') {
    if (key === undefined) keys.set(name, newKey(body['derived'] === true));
    return [200, { data: read(name, keys.get(name) as NamedKey) }];
  }
  if (action === undefined) return key === undefined ? [404, { errors: [] }] : [200, { data: read(name, key) }];
  if (key === undefined) return [action === 'rotate' ? 400 : 404, { errors: ['key not found'] }];
  if (action === 'rotate') {
    key.latest++;
    key.versions.set(key.latest, { secret: randomBytes(32), createdAt: Date.now() });
    return [200, { data: read(name, key) }];
  }
  if (action === 'config') {
    const [decryption, encryption] = [Number(body['min_decryption_version']), Number(body['min_encryption_version'])];
    if (decryption < 1 || decryption > key.latest || encryption < decryption || encryption > key.latest)
      return [400, { errors: ['cannot set min decryption/encryption version to that'] }];
    key.minDecryption = decryption;
    key.minEncryption = encryption;
    return [200, { data: read(name, key) }];
  }
  const available = Number(body['min_available_version']);
  if (available < 1 || available > Math.min(key.minDecryption, key.minEncryption))
    return [400, { errors: ['min_available_version exceeds what is in use'] }];
  for (const version of key.versions.keys()) if (version < available) key.versions.delete(version);
  return [204, {}];
}

function newKey(derived: boolean): NamedKey {
  const versions = new Map([[1, { secret: randomBytes(32), createdAt: Date.now() }]]);
  return { derived, versions, latest: 1, minDecryption: 1, minEncryption: 0 };
}

function read(name: string, key: NamedKey): object {
  return {
    name,
    type: 'aes256-gcm96',
    derived: key.derived,
    exportable: false,
    keys: Object.fromEntries(
      [...key.versions].map(([version, { createdAt }]) => [version, Math.floor(createdAt / 1000)]),
    ),
    latest_version: key.latest,
    min_decryption_version: key.minDecryption,
    min_encryption_version: key.minEncryption,
  };
}

function encrypt(key: NamedKey | undefined, body: Body, plain: Buffer): string {
  if (key === undefined) throw new Error('encryption key not found');
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', secretOf(key, key.latest, body), nonce);
  const sealed = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return `vault:v${key.latest}:${sealed.toString('base64')}`;
}

function decrypt(key: NamedKey, body: Body): Buffer {
  const [, number, text] = /^vault:v(\d+):(.+)$/.exec(String(body['ciphertext'])) ?? [];
  if (number === undefined || text === undefined) throw new Error('invalid ciphertext: no prefix');
  const version = Number(number);
  if (version > key.latest) throw new Error('invalid ciphertext: version is too new');
  if (version < key.minDecryption) throw new Error('ciphertext or signature version is disallowed by policy (too old)');
  const sealed = bytesOf(text);
  if (sealed.length < 28) throw new Error('invalid ciphertext length');
  const decipher = createDecipheriv('aes-256-gcm', secretOf(key, version, body), sealed.subarray(0, 12));
  decipher.setAuthTag(sealed.subarray(-16));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
  } catch {
    throw new Error('cipher: message authentication failed');
  }
}

/** The key of a version; where keys are derived, of the context (the server's kdf is HKDF with SHA-256). */
function secretOf(key: NamedKey, version: number, body: Body): Buffer {
  const secret = key.versions.get(version)?.secret;
  if (secret === undefined) throw new Error('no such version');
  if (!key.derived) return secret;
  if (typeof body['context'] !== 'string' || body['context'] === '')
    throw new Error("missing 'context' for key derivation");
  return Buffer.from(hkdfSync('sha256', secret, '', bytesOf(body['context']), 32));
}

function bytesOf(text: unknown): Buffer {
  const bytes = Buffer.from(String(text), 'base64');
  if (typeof text !== 'string' || bytes.toString('base64') !== text) throw new Error('illegal base64 data');
  return bytes;
}
