import { readSecretFile } from '@asignio/crypto';
import type { TokenSource } from './options.ts';
import { unavailable } from './refusals.ts';

const MAX_BYTES = 16_384;

/** The token that calls carry; read at the first use, and again when the server refuses it. */
export class Token {
  private readonly source: TokenSource;
  private value: string | undefined;

  constructor(source: TokenSource) {
    this.source = source;
  }

  async get(): Promise<string> {
    this.value ??= await this.read();
    return this.value;
  }

  /** Reads it again. @returns whether it is another one now. */
  async renew(): Promise<boolean> {
    const before = this.value;
    this.value = await this.read();
    return this.value !== before;
  }

  forget(): void {
    this.value = undefined;
  }

  private async read(): Promise<string> {
    const token = (await this.text()).trim();
    // It becomes a header: nothing that ends one may be in it.
    if (!/^[\x21-\x7e]+$/.test(token)) throw unavailable('The token is empty or malformed');
    return token;
  }

  private async text(): Promise<string> {
    if ('text' in this.source) return this.source.text;
    if ('env' in this.source) {
      const token = process.env[this.source.env];
      if (token === undefined)
        throw unavailable(`The environment variable ${this.source.env} with the token is not set`);
      return token;
    }
    const bytes = await readSecretFile(this.source.file, {
      what: 'token file',
      maxBytes: MAX_BYTES,
      refuse: (detail) => unavailable(detail),
    });
    if (bytes === undefined) throw unavailable('The token file is missing');
    const text = bytes.toString('utf8');
    bytes.fill(0);
    return text;
  }
}
