import { AsignioError } from '@asignio/contracts';
import type { Modality } from '@asignio/contracts';
import type { ModalityRunner } from './modality.ts';

type AnyRunner = Pick<ModalityRunner, 'name'>;

/** Where each modality's code is. Nothing of a modality is loaded before its first task. */
const RUNNERS: { readonly [M in Modality]?: () => Promise<AnyRunner> } = {
  signature: async () => (await import('./modality/signature/index.ts')).signatureRunner,
};

const loaded = new Map<Modality, Promise<ModalityRunner>>();

/**
 * A modality's runner, loaded once a thread.
 * @throws AsignioError `ASIGNIO_MODALITY_UNAVAILABLE`.
 */
export async function loadRunner(modality: Modality): Promise<ModalityRunner> {
  const load = RUNNERS[modality];
  if (load === undefined) throw new AsignioError('ASIGNIO_MODALITY_UNAVAILABLE', `There is no ${modality} modality`);
  let runner = loaded.get(modality);
  if (runner === undefined) {
    // Features and references are opaque to the worker: only the runner that made one ever gets it back.
    runner = load() as Promise<ModalityRunner>;
    loaded.set(modality, runner);
    runner.catch(() => loaded.delete(modality));
  }
  return runner;
}
