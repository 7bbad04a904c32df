import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { JsonFile } from './json-file.ts';
import { keep, type StoredPassphrase } from './passphrase.ts';

/** Who has an account here. The id is what Asignio knows the person by; the name stays in this file. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly passphrase: StoredPassphrase;
}

/** The demo's accounts, in a file. */
export class Accounts {
  readonly #file: JsonFile<readonly Account[]>;
  readonly #byId = new Map<string, Account>();
  readonly #byName = new Map<string, Account>();

  private constructor(file: JsonFile<readonly Account[]>, accounts: readonly Account[]) {
    this.#file = file;
    for (const account of accounts) this.#put(account);
  }

  /** Opens the accounts of a data folder. */
  static async open(folder: string): Promise<Accounts> {
    const file = new JsonFile<readonly Account[]>(join(folder, 'accounts.json'));
    return new Accounts(file, await file.read([]));
  }

  byId(id: string): Account | undefined {
    return this.#byId.get(id);
  }

  /** Finds by name, however it is written: upper or lower case, composed or not. */
  byName(name: string): Account | undefined {
    return this.#byName.get(accountKey(name));
  }

  /** Makes an account; `undefined` when the name is taken. */
  async create(name: string, passphrase: string): Promise<Account | undefined> {
    const account = { id: randomUUID(), name: name.normalize('NFC').trim(), passphrase: await keep(passphrase) };
    if (this.byName(name) !== undefined) return undefined;
    this.#put(account);
    await this.#save();
    return account;
  }

  /** Closes an account. */
  async remove(id: string): Promise<void> {
    const account = this.#byId.get(id);
    if (account === undefined) return;
    this.#byId.delete(id);
    this.#byName.delete(accountKey(account.name));
    await this.#save();
  }

  #put(account: Account): void {
    this.#byId.set(account.id, account);
    this.#byName.set(accountKey(account.name), account);
  }

  #save(): Promise<void> {
    return this.#file.write([...this.#byId.values()]);
  }
}

/** What makes two spellings of a name the same. */
export function accountKey(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}
