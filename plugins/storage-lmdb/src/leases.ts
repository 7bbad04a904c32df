import type { Clock, Lease } from '@asignio/contracts';
import { decode, encode } from './codec.ts';
import type { Environment, Tree } from './environment.ts';

/** B-trees of {@link Leases}. */
export const LEASE_TREES = ['leases'] as const;

interface Held {
  /** Empty once given back. The row stays, since the fence must go on growing. */
  readonly holder: string;
  readonly fence: number;
  readonly expiresAt: number;
}

/** Rights to work alone, by name. */
export class Leases {
  private readonly environment: Environment;
  private readonly tree: Tree;
  private readonly clock: Clock;

  constructor(environment: Environment, clock: Clock) {
    this.environment = environment;
    this.tree = environment.tree('leases');
    this.clock = clock;
  }

  async acquire(name: string, holder: string, ttlMs: number): Promise<Lease | undefined> {
    const address = Buffer.from(name, 'utf8');
    return this.environment.write(() => {
      const now = this.clock.now();
      const held = this.find(address);
      const own = held?.holder === holder;
      if (held !== undefined && !own && held.holder !== '' && held.expiresAt > now) return undefined;
      const fence = own ? held.fence : (held?.fence ?? 0) + 1;
      const expiresAt = now + ttlMs;
      this.put(address, { holder, fence, expiresAt });
      return { name, holder, fence, expiresAt };
    });
  }

  async release(lease: Lease): Promise<void> {
    const address = Buffer.from(lease.name, 'utf8');
    await this.environment.write(() => {
      const held = this.find(address);
      if (held?.holder === lease.holder && held.fence === lease.fence)
        this.put(address, { holder: '', fence: held.fence, expiresAt: 0 });
    });
  }

  private find(address: Buffer): Held | undefined {
    const bytes = this.tree.get(address);
    return bytes === undefined ? undefined : (decode(address, bytes) as unknown as Held);
  }

  private put(address: Buffer, held: Held): void {
    this.tree.putSync(address, encode(address, { ...held }));
  }
}
