import type { AsignioCore, Operator } from '@asignio/core';
import { expect } from 'chai';
import type { Route } from '#src/document/route.js';
import { startHost } from './app.js';
import type { Host } from './app.js';

export const OLGA: Operator = { id: 'olga', role: 'privacy-officer' };
export const STAFF = { 'x-staff': 'olga' };
/** In an answer of the core, beside what a schema names: must never be seen outside. */
export const INSIDE = { inside: 'never-shown' };

/** What is sent to a route, and the calls that it makes. */
export interface RouteSample {
  readonly query?: string;
  readonly body?: object;
  readonly calls: readonly (readonly unknown[])[];
}

/** A method of the core that notes its calls and always answers the same. */
export type Note = <T>(name: string, answer: T) => (...given: unknown[]) => Promise<T>;

/** A host with an operator, whose core's rooms note each call. */
export async function operatorHost(
  rooms: (note: Note, calls: unknown[][]) => Partial<AsignioCore>,
): Promise<{ readonly host: Host; readonly calls: unknown[][] }> {
  const host = await startHost({ operator: (req) => (req.get('x-staff') === undefined ? undefined : OLGA) });
  const calls: unknown[][] = [];
  const note: Note =
    (name, answer) =>
    async (...given) => {
      calls.push([name, ...given]);
      return answer;
    };
  Object.assign(host.core, rooms(note, calls));
  return { host, calls };
}

/** Each route asks the core for just that, answers in its schema's form, and is there for operators alone. */
export function itAsksTheCore(
  routes: readonly Route[],
  samples: { readonly [name: string]: RouteSample },
  stage: () => { readonly host: Host; readonly calls: unknown[][] },
): void {
  for (const route of routes) {
    const { query = '', body, calls: expected } = samples[route.name] ?? { calls: [['no sample']] };
    const path = `/asignio${route.path.replaceAll(/:\w+/g, 'x')}${query}`;
    const sent = body === undefined ? {} : { json: body };
    const name = `${route.method.toUpperCase()} ${route.path}`;

    it(`${name} asks the core for that, and answers in its schema’s form alone`, async () => {
      const { host, calls } = stage();
      const reply = await host.page(route.method.toUpperCase(), path, { headers: STAFF, ...sent });
      const [answer] = route.answers;
      expect(reply.status, reply.text).to.equal(answer?.status);
      expect(calls).to.deep.equal(expected);
      expect(reply.text).not.to.include(INSIDE.inside);
      if (answer?.schema !== undefined)
        expect(answer.schema.validate(reply.json(), { convert: false }).error).to.equal(undefined);
    });

    it(`${name} is there for operators alone`, async () => {
      const { host, calls } = stage();
      const reply = await host.page(route.method.toUpperCase(), path, { headers: { 'x-user': 'ada' }, ...sent });
      expect(reply.status).to.equal(404);
      expect(calls).to.deep.equal([]);
    });
  }
}
