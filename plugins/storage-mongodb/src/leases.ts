import type { Model } from 'mongoose';
import type { Clock, Lease } from '@asignio/contracts';
import type { Patience } from './patience.ts';
import type { LeaseDocument } from './schemas.ts';

/** How often a lease that moves while it is asked for is looked at again. */
const MOST_LOOKS = 8;

/**
 * Rights to work alone, by name. Each change is a compare-and-set. A lease ends by the clock of who
 * asks for it, so the machines' clocks must agree to well within a lease's time; where they do not, the fence tells.
 */
export class Leases {
  private readonly model: Model<LeaseDocument>;
  private readonly clock: Clock;
  private readonly patience: Patience;

  constructor(model: Model<LeaseDocument>, clock: Clock, patience: Patience) {
    this.model = model;
    this.clock = clock;
    this.patience = patience;
  }

  async acquire(name: string, holder: string, ttlMs: number): Promise<Lease | undefined> {
    for (let look = 0; look < MOST_LOOKS; look++) {
      const now = this.clock.now();
      const expiresAt = now + ttlMs;
      const held = await this.patience.read(async () => this.model.findOne({ _id: name }).lean<LeaseDocument>());
      if (held === null) {
        const made = await this.patience.insert(this.model, { _id: name, holder, fence: 1, expiresAt });
        if (made) return { name, holder, fence: 1, expiresAt };
        continue;
      }
      const own = held.holder === holder;
      if (!own && held.holder !== '' && held.expiresAt > now) return undefined;
      const fence = own ? held.fence : held.fence + 1;
      const seen = { _id: name, holder: held.holder, fence: held.fence, expiresAt: held.expiresAt };
      if (await this.move(seen, { holder, fence, expiresAt })) return { name, holder, fence, expiresAt };
    }
    return undefined;
  }

  async release({ name, holder, fence }: Lease): Promise<void> {
    await this.move({ _id: name, holder, fence }, { holder: '', fence, expiresAt: 0 });
  }

  /** A renewal keeps holder and fence, so whoever takes over an expired lease compares the time as well. */
  private async move(from: Partial<LeaseDocument>, to: Omit<LeaseDocument, '_id'>): Promise<boolean> {
    const { matchedCount } = await this.patience.write(async () =>
      this.model.updateOne(from, { $set: to }, { runValidators: true }),
    );
    return matchedCount > 0;
  }
}
