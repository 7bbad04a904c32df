import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'mocha';

/** A file system that is soon full. */
export interface SmallDisk {
  readonly folder: string;
  /** In kilobytes, what is in use counted in. */
  resize(kilobytes: number): void;
  remove(): void;
}

/** Mounts one, or leaves the test pending by name where this process may not. */
export function smallDisk(context: Context, kilobytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'asignio-small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    rmdirSync(folder);
    if (context.test !== undefined) context.test.title += ' (this process may not mount a small disk)';
    return context.skip();
  }
  return {
    folder,
    resize: (size) => void execFileSync('mount', ['-o', `remount,size=${size}k`, folder]),
    remove: () => {
      execFileSync('umount', ['-l', folder]);
      rmdirSync(folder);
    },
  };
}
