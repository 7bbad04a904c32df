import { AsignioError } from '@asignio/contracts';
import type { Modality } from '@asignio/contracts';
import type { ModalityFacts } from './modality.ts';
import { NETWORK_FACTS, SIGNATURE_FACTS } from './modality/signature/facts.ts';
import type { SignatureModel } from './options.ts';

export type FactsTable = { readonly [M in Modality]?: ModalityFacts };

/** The modalities of this build, without their code, by the model that was chosen for signatures. */
export const FACTS: { readonly [M in SignatureModel]: FactsTable } = {
  classical: { signature: SIGNATURE_FACTS },
  network: { signature: NETWORK_FACTS },
};

/** @throws AsignioError `ASIGNIO_MODALITY_UNAVAILABLE`. */
export function factsOf(table: FactsTable, modality: Modality): ModalityFacts {
  const facts = Object.hasOwn(table, modality) ? table[modality] : undefined;
  if (facts === undefined)
    throw new AsignioError('ASIGNIO_MODALITY_UNAVAILABLE', `There is no ${modality} modality in this build`);
  return facts;
}
