import type { Route } from './route.ts';
import { CEREMONY_ROUTES } from './routes/ceremonies.ts';
import { GUARDIAN_ROUTES } from './routes/guardians.ts';
import { OVERSIGHT_ROUTES } from './routes/oversight.ts';
import { REGISTER_ROUTES } from './routes/registers.ts';
import { RETENTION_ROUTES } from './routes/retention.ts';
import { REVIEW_ROUTES } from './routes/reviews.ts';
import { RIGHT_ROUTES } from './routes/rights.ts';
import { STAFF_ROUTES } from './routes/staff.ts';
import { SUBJECT_ROUTES } from './routes/subjects.ts';
import { SYSTEM_ROUTES } from './routes/system.ts';

const ALL = [
  ...CEREMONY_ROUTES,
  ...SUBJECT_ROUTES,
  ...RIGHT_ROUTES,
  ...GUARDIAN_ROUTES,
  ...REVIEW_ROUTES,
  ...OVERSIGHT_ROUTES,
  ...REGISTER_ROUTES,
  ...RETENTION_ROUTES,
  ...STAFF_ROUTES,
  ...SYSTEM_ROUTES,
] as const;

export type RouteName = (typeof ALL)[number]['name'];

/** A route that has a handler. */
export type NamedRoute = Route & { readonly name: RouteName };

/** Every route of the router, and the one source of /openapi.json. */
export const ROUTES: readonly NamedRoute[] = ALL;
