import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Json } from '@asignio/core';

const ID = /^[\w-]{32}$/;

/** What a browser begins is called by an id, which may be seen, and is its own by a secret. */
export interface Ticket {
  readonly id: string;
  readonly browser: string;
}

export function newTicket(): Ticket {
  return { id: name(), browser: name() };
}

/** Whether a text is an id as {@link newTicket} makes them. */
export function isTicketId(text: string): boolean {
  return ID.test(text);
}

/** Whether two secrets are one, in constant time. */
export function same(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}

/** As the cabinet keeps it. */
export function toJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

function name(): string {
  return randomBytes(24).toString('base64url');
}
