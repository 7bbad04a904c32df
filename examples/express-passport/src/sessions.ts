import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { callbackify } from 'node:util';
import { Store, type SessionData } from 'express-session';
import { JsonFile } from './json-file.ts';

interface Kept {
  readonly data: SessionData;
  /** ms since the epoch. */
  readonly until: number;
}
type Sessions = readonly (readonly [hashedId: string, kept: Kept])[];
type Done = (error?: unknown) => void;

/** A session lasts so long after its last use, ms. */
export const SESSION_MS = 12 * 60 * 60 * 1000;
/** The oldest give way when there are more. */
const MOST = 10_000;
/** Use alone is written down no more often than this, ms. */
const TOUCH_MS = 60_000;

/**
 * Sessions in a file of the data folder, so that a restart signs nobody out. It suits one process with few people; a
 * real host brings the store of its database. The file holds hashes of session ids: reading it opens no session.
 */
export class FileSessions extends Store {
  readonly #file: JsonFile<Sessions>;
  readonly #sessions: Map<string, Kept>;

  private constructor(file: JsonFile<Sessions>, sessions: Map<string, Kept>) {
    super();
    this.#file = file;
    this.#sessions = sessions;
  }

  /** Opens the sessions of a data folder, without those that are over. */
  static async open(folder: string): Promise<FileSessions> {
    const file = new JsonFile<Sessions>(join(folder, 'sessions.json'));
    const alive = (await file.read([])).filter(([, { until }]) => until > Date.now());
    return new FileSessions(file, new Map(alive));
  }

  override get(id: string, done: (error: unknown, session?: SessionData | null) => void): void {
    const kept = this.#sessions.get(hashed(id));
    done(null, kept !== undefined && kept.until > Date.now() ? structuredClone(kept.data) : null);
  }

  override set(id: string, data: SessionData, done?: Done): void {
    this.#put(hashed(id), data);
    this.#save(done);
  }

  override touch(id: string, data: SessionData, done?: Done): void {
    const key = hashed(id);
    const before = this.#sessions.get(key);
    if (before === undefined || before.until - Date.now() > SESSION_MS - TOUCH_MS) {
      done?.();
      return;
    }
    this.#put(key, { ...before.data, cookie: data.cookie });
    this.#save(done);
  }

  override destroy(id: string, done?: Done): void {
    this.#sessions.delete(hashed(id));
    this.#save(done);
  }

  #put(key: string, data: SessionData): void {
    // Deleting first moves it to the end: the order is that of last use.
    this.#sessions.delete(key);
    this.#sessions.set(key, { data: JSON.parse(JSON.stringify(data)) as SessionData, until: Date.now() + SESSION_MS });
    for (const [other, { until }] of this.#sessions) {
      if (until > Date.now() && this.#sessions.size <= MOST) break;
      this.#sessions.delete(other);
    }
  }

  #save(done: Done = () => undefined): void {
    callbackify(() => this.#file.write([...this.#sessions]))(done);
  }
}

function hashed(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}

/** The key that session cookies are signed with: made at the first run, then kept. */
export async function sessionSecret(folder: string): Promise<string> {
  const file = new JsonFile<string>(join(folder, 'session-secret.json'));
  const known = await file.read('');
  if (known !== '') return known;
  const made = randomBytes(32).toString('base64url');
  await file.write(made);
  return made;
}
