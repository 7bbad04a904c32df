import { workerData } from 'node:worker_threads';
import { runnerLoader } from './registry.ts';
import type { WorkerChoice } from './tasks.ts';
import { createHandler } from './worker/handler.ts';

/** The file that each thread of the pool runs. Loading it does nothing: the pool may evaluate it twice. */
export default createHandler(runnerLoader(workerData as WorkerChoice));
