import { loadRunner } from './registry.ts';
import { createHandler } from './worker/handler.ts';

/** The file that each thread of the pool runs. Loading it does nothing: the pool may evaluate it twice. */
export default createHandler(loadRunner);
