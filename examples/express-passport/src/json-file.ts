import { open, readFile, rename } from 'node:fs/promises';

/** A JSON value in a file: read once, written whole, so that a crash leaves the old or the new one and never half. */
export class JsonFile<Value> {
  readonly #path: string;
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** What is in the file; `fallback` where there is no file yet. */
  async read(fallback: Value): Promise<Value> {
    try {
      return JSON.parse(await readFile(this.#path, 'utf8')) as Value;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return fallback;
      throw new Error(`Cannot read ${this.#path}`, { cause: error });
    }
  }

  /** Writes, after the writes that were asked for before. For its owner's eyes only. */
  write(value: Value): Promise<void> {
    const text = JSON.stringify(value);
    const write = this.#writing.catch(() => undefined).then(() => this.#replace(text));
    this.#writing = write;
    return write;
  }

  async #replace(text: string): Promise<void> {
    const draft = `${this.#path}.new`;
    const file = await open(draft, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, this.#path);
  }
}
