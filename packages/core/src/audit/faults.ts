import type { AuditFault } from '../api.ts';

/** Faults that are told one by one; the others are counted. */
const TOLD = 100;

/** Collects what a verification finds, the first hundred in full. */
export class Faults {
  private readonly found: AuditFault[] = [];
  private total = 0;

  add(fault: AuditFault): void {
    this.total++;
    if (this.found.length < TOLD) this.found.push(fault);
  }

  get count(): number {
    return this.total;
  }

  /** By the place in the chain where they were found. */
  get list(): readonly AuditFault[] {
    return this.found.toSorted((a, b) => a.sequence - b.sequence);
  }
}
