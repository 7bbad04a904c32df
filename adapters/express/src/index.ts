export { asignioRouter } from './router.ts';
export { openApiDocument } from './document/openapi.ts';
export type { Logger, RouterOptions } from './options.ts';
export type { RateLimitOptions } from './guard/limits.ts';
export type { Timer } from './timer.ts';
