/*
 * The shapes of everything that travels over HTTP. The same schema validates a request, and describes it in
 * /openapi.json; those of answers describe, and the tests hold the answers against them.
 */

export * from './schemas/ceremonies.ts';
export * from './schemas/subjects.ts';
export * from './schemas/system.ts';
export * from './schemas/oversight.ts';
export * from './schemas/registers.ts';
export * from './schemas/retention.ts';
export * from './schemas/rights.ts';
export * from './schemas/staff.ts';
export { emptyBody, pageQuery } from './schemas/words.ts';
