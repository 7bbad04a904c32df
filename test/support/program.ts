import { spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './demo.ts';

/** The sign-in that the reader's app already has, for a page's program whose session says who is signed in. */
export const SESSION_SIGN_IN = `
app.post('/existing-sign-in', express.urlencoded({ extended: false }), (req, res) => {
  req.session.user = req.body.id;
  res.end('signed in');
});
`;

/** A page's program, and what it needs. */
export interface Program {
  readonly port: number;
  /** By name; `app.mjs` is the program, the others are read by it. */
  readonly files: Readonly<Record<string, string>>;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a program, as its reader would, in a folder of this name for as long as the action takes. */
export async function withProgram(
  name: string,
  { port, files, env = {} }: Program,
  action: (base: string) => Promise<void>,
): Promise<void> {
  const folder = join(ROOT, 'test-results', `${name}-${process.pid}`);
  await mkdir(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
  const child = spawn(process.execPath, ['app.mjs'], {
    cwd: folder,
    env: { ...process.env, SESSION_SECRET: 'test', ...env },
    stdio: 'pipe',
  });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  try {
    const base = `http://localhost:${port}`;
    await ready(`${base}/asignio/readyz`, () => output);
    await action(base);
  } finally {
    child.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

async function ready(url: string, output: () => string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if ((await fetch(url).catch(() => undefined))?.ok === true) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`It did not start: ${output()}`);
}
