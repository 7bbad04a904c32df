// What would be published: do its entry points exist, and do its types say what its code does?
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const run = promisify(execFile);
const root = new URL('..', import.meta.url);
let wrong = 0;

for (const room of ['packages', 'adapters', 'plugins']) {
  for (const name of await readdir(new URL(`${room}/`, root))) {
    const folder = new URL(`${room}/${name}/`, root);
    const { messages, pkg } = await publint({ pkgDir: folder.pathname, level: 'warning' });
    for (const message of messages) complain(name, formatMessage(message, pkg) ?? message.code);
    // Everything is ESM only, on purpose.
    await run('npx', ['attw', '--pack', folder.pathname, '--profile', 'esm-only', '--quiet', ...unTyped(name)], {
      cwd: root,
    }).catch((error) => complain(name, `${error.stdout}${error.stderr}`));
  }
}
if (wrong > 0) process.exitCode = 1;

/** Browser bundles and stylesheets carry no types. */
function unTyped(name) {
  return name === 'capture' ? ['--exclude-entrypoints', './browser/*'] : [];
}

function complain(name, text) {
  wrong++;
  console.error(`${name}: ${text}`);
}
