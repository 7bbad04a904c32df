import { AsignioError } from '@asignio/contracts';
import type { Modality } from '@asignio/contracts';
import type { ModalityRunner } from './modality.ts';
import type { WorkerChoice } from './tasks.ts';

type AnyRunner = Pick<ModalityRunner, 'name'>;

/** Where each modality's code is. Nothing of a modality is loaded before its first task. */
const RUNNERS: { readonly [M in Modality]?: (choice: WorkerChoice) => Promise<AnyRunner> } = {
  signature: async ({ signatureModel }) => {
    const { networkRunner, signatureRunner } = await import('./modality/signature/index.ts');
    return signatureModel === 'network' ? networkRunner : signatureRunner;
  },
  face: async ({ face }) => {
    if (face === undefined) throw unavailable('face');
    const { faceRunner } = await import('./modality/face/index.ts');
    return faceRunner(face);
  },
};

/**
 * Makes what loads a modality's runner, once a thread.
 * @throws AsignioError `ASIGNIO_MODALITY_UNAVAILABLE`, from what it makes.
 */
export function runnerLoader(choice: WorkerChoice): (modality: Modality) => Promise<ModalityRunner> {
  const loaded = new Map<Modality, Promise<ModalityRunner>>();
  return async (modality) => {
    const load = RUNNERS[modality];
    if (load === undefined) throw unavailable(modality);
    let runner = loaded.get(modality);
    if (runner === undefined) {
      // Features and references are opaque to the worker: only the runner that made one ever gets it back.
      runner = load(choice) as Promise<ModalityRunner>;
      loaded.set(modality, runner);
      runner.catch(() => loaded.delete(modality));
    }
    return runner;
  };
}

function unavailable(modality: Modality): AsignioError {
  return new AsignioError('ASIGNIO_MODALITY_UNAVAILABLE', `There is no ${modality} modality`);
}
