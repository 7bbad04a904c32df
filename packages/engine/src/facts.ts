import { AsignioError } from '@asignio/contracts';
import type { Modality } from '@asignio/contracts';
import type { ModalityFacts } from './modality.ts';
import { faceFacts } from './modality/face/facts.ts';
import { NETWORK_FACTS, SIGNATURE_FACTS } from './modality/signature/facts.ts';
import type { FacePack } from './models/manifest-types.ts';
import type { EngineModality, SignatureModel } from './options.ts';

export type FactsTable = { readonly [M in Modality]?: ModalityFacts };

/** The modalities that an engine was asked for, without their code. */
export function factsFor({
  modalities,
  signatureModel,
  facePack,
}: {
  readonly modalities: readonly EngineModality[];
  readonly signatureModel: SignatureModel;
  readonly facePack: FacePack;
}): FactsTable {
  const facts = {
    signature: () => (signatureModel === 'network' ? NETWORK_FACTS : SIGNATURE_FACTS),
    face: () => faceFacts(facePack),
  } satisfies { [M in EngineModality]: () => ModalityFacts };
  return Object.fromEntries(modalities.map((modality) => [modality, facts[modality]()]));
}

/** @throws AsignioError `ASIGNIO_MODALITY_UNAVAILABLE`. */
export function factsOf(table: FactsTable, modality: Modality): ModalityFacts {
  const facts = Object.hasOwn(table, modality) ? table[modality] : undefined;
  if (facts === undefined)
    throw new AsignioError(
      'ASIGNIO_MODALITY_UNAVAILABLE',
      `There is no ${modality} modality in this engine: its option modalities does not name it`,
    );
  return facts;
}
