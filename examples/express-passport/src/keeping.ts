import { tenantId, type AsignioCore } from 'asignio';

type CabinetKey = Parameters<AsignioCore['cabinet']['get']>[0];

/** The tenant of everything here. */
export const DEMO = tenantId('default');

/** Names things of one sort in the cabinet, where whoever copies the store finds neither names nor values. */
export function keyIn(drawer: string): (id: string) => CabinetKey {
  return (id) => ({ tenant: DEMO, drawer, id });
}
