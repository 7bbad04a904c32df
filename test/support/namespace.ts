import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import type { Context } from 'mocha';

/** A network of its own on this machine, with two lines to it: one for visitors, and one for the database. */
export interface Namespace {
  /** Its address on the visitors' line. */
  readonly address: string;
  /** This machine's address on the database's line; stays when that is cut. */
  readonly databaseAddress: string;
  /** A command that runs another one in it. */
  readonly within: readonly string[];
  /** Cuts the database's line, at its end in there. */
  cut(): void;
  mend(): void;
  remove(): void;
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Makes one, or leaves the suite pending by name where this process may not. */
export function makeNamespace(context: Context): Namespace {
  // Addresses of RFC 2544, for tests of networks: nobody's.
  const number = randomInt(1, 255);
  const name = `asignio-${process.pid}-${number}`;
  const line = (kind: string, network: number): Line => ({
    here: `as${kind}${number}h`,
    there: `as${kind}${number}n`,
    addresses: [`198.${network}.${number}.1`, `198.${network}.${number}.2`],
  });
  const [visitors, database] = [line('v', 18), line('d', 19)] as const;
  const lines = [visitors, database];
  const remove = (): void => {
    for (const args of [['netns', 'del', name], ...lines.map(({ here }) => ['link', 'del', here])])
      try {
        ip(...args);
      } catch {
        // It went with the other end, or never was.
      }
  };
  try {
    ip('netns', 'add', name);
    for (const { here, there, addresses } of lines) {
      ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', name);
      ip('addr', 'add', `${addresses[0]}/30`, 'dev', here);
      ip('-n', name, 'addr', 'add', `${addresses[1]}/30`, 'dev', there);
      ip('link', 'set', here, 'up');
      ip('-n', name, 'link', 'set', there, 'up');
    }
    ip('-n', name, 'link', 'set', 'lo', 'up');
  } catch {
    // A right that this process lacks is no peer that could be installed.
    remove();
    for (const test of context.test?.parent?.tests ?? [])
      test.title += ' (this process may not make network namespaces: be root, and install iproute2)';
    return context.skip();
  }
  return {
    address: visitors.addresses[1],
    databaseAddress: database.addresses[0],
    within: ['ip', 'netns', 'exec', name],
    cut: () => ip('-n', name, 'link', 'set', database.there, 'down'),
    mend: () => ip('-n', name, 'link', 'set', database.there, 'up'),
    remove,
  };
}

interface Line {
  readonly here: string;
  readonly there: string;
  readonly addresses: readonly [string, string];
}
