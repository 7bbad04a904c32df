import { createHash } from 'node:crypto';
import { AsignioError, FACE_FRAMES_LIMITS, FACE_FRAMES_MEDIA_TYPE, unpackFaceFrames } from '@asignio/contracts';
import type { QualityFinding, RawSample } from '@asignio/contracts';
import type { Acquired, ModalityRunner } from '../../modality.ts';
import type { FacePack } from '../../models/manifest-types.ts';
import { decoyOf } from './decoy.ts';
import { faceCodec } from './encoding.ts';
import { faceFacts } from './facts.ts';
import { finding } from './findings.ts';
import { openPack } from './model/pack.ts';
import type { FaceNetworks } from './model/pack.ts';
import { adapt, enrol, isOneFace, judge, withoutOutliers } from './model/reference.ts';
import { observe } from './observe.ts';
import type { Observation } from './observe.ts';
import { compare } from './postprocess/score.ts';
import { decodePicture } from './preprocess/decode.ts';
import type { FaceFeatures, FaceReference, FaceTemplate } from './types.ts';

/** Pictures of one sample that are kept: the best ones. */
const MOST_KEPT = 5;
const DIGEST_BYTES = 16;
/** What one picture may take, ms: a hundred times what it usually does. */
const SLOWEST_MS = 2_500;

/** What the worker is told of face. */
export interface FaceChoice {
  readonly pack: FacePack;
  /** Where model files are. */
  readonly folder: string;
}

/** One picture of a sample. */
interface Shot {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

/**
 * The face modality: pictures are decoded, the one face that matters is found, turned upright and made a vector by the
 * networks of a pack; cosines become a calibrated log-likelihood ratio.
 */
export async function faceRunner({ pack, folder }: FaceChoice): Promise<ModalityRunner<FaceFeatures, FaceReference>> {
  const networks = await openPack(pack, folder);
  const { calibration, embedder } = pack;
  const decoy = decoyOf(networks, pack);
  await checkSpeed(decoy, pack);
  return {
    ...faceFacts(pack),
    acquire: (raw) => acquire(raw, networks, pack),
    judge: (features, earlier) => judge(features, earlier, calibration),
    enrol: (parts) => enrol(parts, calibration),
    compare: (reference, probe, recent) => compare(reference, probe, recent, calibration),
    adapt,
    decoy,
    ...faceCodec(tagOf(pack), embedder.dimensions),
    warm: () => decoy(0),
  };
}

/**
 * Runs all networks once. The time that a network takes hangs on the size of what it is shown and on nothing else, so one
 * that is quick enough here does not hang later.
 */
async function checkSpeed(decoy: (sampleBytes: number) => Promise<void>, pack: FacePack): Promise<void> {
  await decoy(0);
  const started = performance.now();
  await decoy(0);
  if (performance.now() - started > SLOWEST_MS)
    throw new AsignioError('ASIGNIO_MODEL_INVALID', `The networks of the pack ${pack.name} take too long here`);
}

async function acquire(raw: RawSample, networks: FaceNetworks, pack: FacePack): Promise<Acquired<FaceFeatures>> {
  const shots = shotsOf(raw);
  const moving = raw.mediaType === FACE_FRAMES_MEDIA_TYPE;
  if (new Set(shots.map(({ bytes }) => Buffer.from(digestOf(bytes)).toString('hex'))).size < shots.length)
    return { findings: [finding('ASIGNIO_QUALITY_PICTURE_REPEATED')] };
  const seen: { readonly shot: Shot; readonly observation: Observation }[] = [];
  try {
    for (const shot of shots) {
      const picture = await decodePicture(shot, moving ? FACE_FRAMES_LIMITS.side : undefined);
      seen.push({ shot, observation: await observe(picture, networks, pack) });
    }
    return await keep(seen, networks, pack);
  } finally {
    for (const { observation } of seen) observation.seen?.chip.data.fill(0);
  }
}

/** Makes templates of the best pictures, or says what is wrong with most of them. */
async function keep(
  all: readonly { readonly shot: Shot; readonly observation: Observation }[],
  networks: FaceNetworks,
  pack: FacePack,
): Promise<Acquired<FaceFeatures>> {
  const good = all
    .flatMap(({ shot, observation }) =>
      observation.seen !== undefined && observation.findings.length === 0 ? [{ shot, seen: observation.seen }] : [],
    )
    .toSorted((a, b) => b.seen.quality - a.seen.quality)
    .slice(0, MOST_KEPT);
  if (good.length === 0) return { findings: commonest(all.map(({ observation }) => observation.findings)) };
  const templates: FaceTemplate[] = [];
  for (const { shot, seen } of good)
    templates.push({ vector: await networks.embed(seen.chip), quality: seen.quality, digest: digestOf(shot.bytes) });
  const kept = withoutOutliers(templates, pack.calibration);
  if (2 * kept.length <= templates.length || !isOneFace(kept, pack.calibration))
    return { findings: [finding('ASIGNIO_QUALITY_OTHER_FACE')] };
  const features = { templates: kept };
  if (pack.pad === undefined) return { findings: [], features };
  const live = good.reduce((sum, { seen }) => sum + (seen.live ?? 0), 0) / good.length;
  const attack = live < pack.pad.threshold;
  return { findings: [], features, pad: attack ? { attack, species: 'passive' } : { attack } };
}

/** The pictures of a sample, in order. */
function shotsOf({ mediaType, bytes }: RawSample): readonly Shot[] {
  if (mediaType !== FACE_FRAMES_MEDIA_TYPE) return [{ mediaType, bytes }];
  // Of prompted frames only those count of which somebody looked straight into the camera.
  return unpackFaceFrames(bytes).flatMap(({ step, jpeg }) =>
    step === 0 ? [{ mediaType: 'image/jpeg', bytes: jpeg }] : [],
  );
}

/** The findings that most pictures have; of equally many the earliest. */
function commonest(all: readonly (readonly QualityFinding[])[]): readonly QualityFinding[] {
  const counts = new Map<string, { readonly findings: readonly QualityFinding[]; count: number }>();
  for (const findings of all) {
    const key = findings[0]?.code ?? '';
    const entry = counts.get(key) ?? { findings, count: 0 };
    entry.count++;
    counts.set(key, entry);
  }
  return [...counts.values()].toSorted((a, b) => b.count - a.count)[0]?.findings ?? [];
}

function digestOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest().subarray(0, DIGEST_BYTES));
}

/** Vectors can be compared where the embedder and what it is shown are the same. */
function tagOf({ files, aligner, embedder }: FacePack): number {
  const file = files[embedder.file];
  if (file === undefined) throw new AsignioError('ASIGNIO_MODEL_INVALID', 'The pack has no embedder');
  const text = JSON.stringify([file.sha256, aligner, embedder]);
  return createHash('sha256').update(text).digest().readUInt32LE(0);
}
