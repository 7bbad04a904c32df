// Gets a server for the tests whose titles say MongoDB, into a cache outside the repository: what mongodb-memory-server
// can download, or else FerretDB, built with Go. Tests only ever use what is there.
import { execFile } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FERRETDB_SOURCES, cacheFolder, ferretdbPath, findProgram } from '@asignio/test-mongodb';
import { MongoBinary } from 'mongodb-memory-server-core';

const MONGOD_VERSION = '7.0.24';
const run = promisify(execFile);
const folder = cacheFolder();

if (process.env.MONGODB_URI !== undefined) done('the server of MONGODB_URI');
const there = findProgram();
if (there !== undefined) done(`${there.kind} at ${there.path}`);
mkdirSync(folder, { recursive: true });
for (const { what, get } of [
  { what: 'mongod', get: download },
  { what: 'FerretDB', get: build },
]) {
  try {
    await get();
    done(`${what} in ${folder}`);
  } catch (error) {
    console.error(`No ${what}: ${error.message.trim()}`);
  }
}
process.exit(1);

/** Takes the place of the last one at once: a half-made program is never found. */
function place(path, target) {
  chmodSync(path, 0o755);
  renameSync(path, target);
}

async function download() {
  const binary = await MongoBinary.getPath({ version: MONGOD_VERSION, downloadDir: folder });
  const copy = join(folder, `mongod.${process.pid}`);
  copyFileSync(binary, copy);
  place(copy, join(folder, 'mongod'));
}

async function build() {
  const made = `${ferretdbPath()}.${process.pid}`;
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' };
  await run('go', ['build', '-trimpath', '-ldflags', '-s -w', '-o', made, '.'], { cwd: FERRETDB_SOURCES, env });
  place(made, ferretdbPath());
}

function done(what) {
  console.log(`Tests use ${what}`);
  process.exit(0);
}
