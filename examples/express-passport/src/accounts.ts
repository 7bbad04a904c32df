import { randomUUID } from 'node:crypto';
import type { AsignioCore } from 'asignio';
import { keyIn } from './keeping.ts';
import { keep, type StoredPassphrase } from './passphrase.ts';

/** Who has an account here. The id is what Asignio knows the person by. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly passphrase: StoredPassphrase;
}

const accountOf = keyIn('demo.account');
const nameOf = keyIn('demo.name');
const FOR_GOOD = { expiresAt: null };

/** The demo's accounts, in the store that all its processes share. */
export class Accounts {
  readonly #cabinet: AsignioCore['cabinet'];

  constructor(cabinet: AsignioCore['cabinet']) {
    this.#cabinet = cabinet;
  }

  async byId(id: string): Promise<Account | undefined> {
    const { name, passphrase } = ((await this.#cabinet.get(accountOf(id))) ?? {}) as unknown as Partial<Account>;
    return name === undefined || passphrase === undefined ? undefined : { id, name, passphrase };
  }

  /** The id of who has a name, however it is written: upper or lower case, composed or not. */
  async idOf(name: string): Promise<string | undefined> {
    const key = accountKey(name);
    return key === '' ? undefined : ((await this.#cabinet.get(nameOf(key))) as string | undefined);
  }

  async byName(name: string): Promise<Account | undefined> {
    const id = await this.idOf(name);
    return id === undefined ? undefined : this.byId(id);
  }

  /** Makes an account; `undefined` when the name is taken. */
  async create(name: string, passphrase: string): Promise<Account | undefined> {
    const account = { id: randomUUID(), name: name.normalize('NFC').trim(), passphrase: await keep(passphrase) };
    const { name: shown, passphrase: kept } = account;
    // The name comes second: it never leads to an account that is not there.
    await this.#cabinet.put(accountOf(account.id), { name: shown, passphrase: { ...kept } }, FOR_GOOD);
    if (await this.#cabinet.add(nameOf(accountKey(name)), account.id, FOR_GOOD)) return account;
    await this.#cabinet.remove(accountOf(account.id));
    return undefined;
  }

  /** Closes an account. */
  async remove(id: string): Promise<void> {
    const account = await this.byId(id);
    if (account === undefined) return;
    await this.#cabinet.remove(nameOf(accountKey(account.name)));
    await this.#cabinet.remove(accountOf(id));
  }
}

/** What makes two spellings of a name the same. */
export function accountKey(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}
