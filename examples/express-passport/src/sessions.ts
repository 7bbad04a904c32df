import { randomBytes } from 'node:crypto';
import { callbackify } from 'node:util';
import type { AsignioCore } from 'asignio';
import { Store, type SessionData } from 'express-session';
import { keyIn } from './keeping.ts';

interface Kept {
  /** As JSON: a session holds whatever its users put in it. */
  readonly data: string;
  /** ms since the epoch. */
  readonly until: number;
}
type Done = (error?: unknown) => void;

/** A session lasts so long after its last use, ms. */
export const SESSION_MS = 12 * 60 * 60 * 1000;
/** Use alone is written down no more often than this, ms. */
const TOUCH_MS = 60_000;

const sessionOf = keyIn('demo.session');
const SECRET = keyIn('demo.secret')('session');

/**
 * Sessions in the store that all processes share, so that a session begun on one goes on on another, and a restart signs
 * nobody out. The store holds keyed hashes of session ids: reading it opens no session.
 */
export class SharedSessions extends Store {
  readonly #cabinet: AsignioCore['cabinet'];

  constructor(cabinet: AsignioCore['cabinet']) {
    super();
    this.#cabinet = cabinet;
  }

  override get(id: string, done: (error: unknown, session?: SessionData | null) => void): void {
    callbackify(async () => {
      const kept = await this.#find(id);
      return kept === undefined ? null : (JSON.parse(kept.data) as SessionData);
    })(done);
  }

  override set(id: string, data: SessionData, done: Done = () => undefined): void {
    callbackify(async () => this.#put(id, data))(done);
  }

  override touch(id: string, data: SessionData, done: Done = () => undefined): void {
    callbackify(async () => {
      const kept = await this.#find(id);
      if (kept !== undefined && kept.until - Date.now() < SESSION_MS - TOUCH_MS)
        await this.#put(id, { ...(JSON.parse(kept.data) as SessionData), cookie: data.cookie });
    })(done);
  }

  override destroy(id: string, done: Done = () => undefined): void {
    callbackify(async () => this.#cabinet.remove(sessionOf(id)))(done);
  }

  async #find(id: string): Promise<Kept | undefined> {
    return (await this.#cabinet.get(sessionOf(id))) as unknown as Kept | undefined;
  }

  async #put(id: string, data: SessionData): Promise<void> {
    const until = Date.now() + SESSION_MS;
    await this.#cabinet.put(sessionOf(id), { data: JSON.stringify(data), until }, { expiresAt: until });
  }
}

/** The key that session cookies are signed with: made at the first run, by one of the processes, then kept. */
export async function sessionSecret(cabinet: AsignioCore['cabinet']): Promise<string> {
  await cabinet.add(SECRET, randomBytes(32).toString('base64url'), { expiresAt: null });
  return (await cabinet.get(SECRET)) as string;
}
