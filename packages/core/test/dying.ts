import { AsignioError } from '@asignio/contracts';
import type { StoragePlugin } from '@asignio/contracts';

const WRITES = new Set(['insert', 'replace', 'remove', 'append']);

/** A store whose process dies before (or right after) its n-th write, and stays dead. */
export function dyingAt(
  write: number,
  after: boolean,
  storage: StoragePlugin,
): { storage: StoragePlugin; writes: () => number } {
  let count = 0;
  const dead = () => new AsignioError('ASIGNIO_STORAGE_UNAVAILABLE', 'The process was killed');
  const proxy = new Proxy(storage, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]) => {
        if (name === 'close' || name === 'open') return Reflect.apply(method, target, args) as unknown;
        if (count > write || (count === write && !after)) throw dead();
        if (!WRITES.has(name as string)) return Reflect.apply(method, target, args) as unknown;
        count++;
        if (count < write) return Reflect.apply(method, target, args) as unknown;
        if (count === write && after) await Reflect.apply(method, target, args);
        count = write + 1;
        throw dead();
      };
    },
  });
  return { storage: proxy, writes: () => count };
}
