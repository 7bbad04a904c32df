import type { CeremonyKind, Decision } from '@asignio/contracts';
import type { AsignioCore, MetricLabel } from '@asignio/core';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What is counted. Labels are of fixed sets: no subject, tenant, ceremony or address is ever one. */
export interface Metrics {
  begun(kind: CeremonyKind): void;
  /** A verification counts as `accepted` or `rejected`, as its browser sees it. */
  decided(kind: CeremonyKind, decision: Decision): void;
  answered(route: string, method: string, status: number, seconds: number): void;
  readonly contentType: string;
  text(): Promise<string>;
}

/** Upper bounds in seconds: from a static answer to a comparison that waited in the queue. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** R41: metrics, with labels that the register of the policy declares and no others, in a registry of their own, so that two routers, or the host's metrics, never collide. */
export function createMetrics(core: AsignioCore): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const begun = new Counter({
    name: 'asignio_ceremonies_begun_total',
    help: 'Ceremonies begun',
    labelNames: ['kind'] satisfies MetricLabel[],
    registers,
  });
  const decided = new Counter({
    name: 'asignio_ceremonies_decided_total',
    help: 'Ceremonies decided, by decision',
    labelNames: ['kind', 'decision'] satisfies MetricLabel[],
    registers,
  });
  const answered = new Histogram({
    name: 'asignio_http_request_duration_seconds',
    help: 'Time from arrival to the end of the answer',
    labelNames: ['route', 'method', 'status'] satisfies MetricLabel[],
    buckets: BUCKETS,
    registers,
  });
  for (const [key, help] of [
    ['workers', 'Engine workers'],
    ['queued', 'Engine tasks waiting'],
    ['running', 'Engine tasks running'],
    ['completed', 'Engine tasks completed since the start'],
    ['failed', 'Engine tasks failed since the start'],
  ] as const)
    registry.registerMetric(
      new Gauge({
        name: `asignio_engine_${key}`,
        help,
        registers: [],
        collect() {
          this.set(core.stats()[key]);
        },
      }),
    );
  return {
    begun: (kind) => begun.inc({ kind }),
    decided: (kind, decision) => decided.inc({ kind, decision }),
    answered: (route, method, status, seconds) => answered.observe({ route, method, status }, seconds),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
