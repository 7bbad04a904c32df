import { createHash } from 'node:crypto';
import { AsignioError, FACE_FRAMES_LIMITS, FACE_FRAMES_MEDIA_TYPE } from '@asignio/contracts';
import type { CaptureChallenge, QualityFinding, RawSample } from '@asignio/contracts';
import type { Acquired, ModalityRunner } from '../../modality.ts';
import type { FacePack } from '../../models/manifest-types.ts';
import { decoyOf } from './decoy.ts';
import { faceCodec } from './encoding.ts';
import { faceFacts } from './facts.ts';
import { finding } from './findings.ts';
import { openPack } from './model/pack.ts';
import type { FaceNetworks } from './model/pack.ts';
import { faceTransform } from './model/transform.ts';
import { adapt, enrol, isOneFace, judge, withoutOutliers } from './model/reference.ts';
import { checkSpeed } from './model/speed.ts';
import { observe } from './observe.ts';
import { answer } from './pad/answer.ts';
import { areCommitted } from './pad/commitments.ts';
import { compare } from './postprocess/score.ts';
import { decodePicture } from './preprocess/decode.ts';
import { shotsOf } from './shots.ts';
import type { SeenShot, Shot } from './shots.ts';
import type { FaceFeatures, FaceReference, FaceTemplate } from './types.ts';

/** Pictures of one sample that are kept: the best ones. */
const MOST_KEPT = 5;
const DIGEST_BYTES = 16;

/** What the worker is told of face. */
export interface FaceChoice {
  readonly pack: FacePack;
  /** Where model files are. */
  readonly folder: string;
}

/**
 * The face modality: pictures are decoded, the one face that matters is found, turned upright and made a vector by the
 * networks of a pack; cosines become a calibrated log-likelihood ratio.
 */
export async function faceRunner({ pack, folder }: FaceChoice): Promise<ModalityRunner<FaceFeatures, FaceReference>> {
  const networks = await openPack(pack, folder);
  const { calibration, embedder } = pack;
  const decoy = decoyOf(networks, pack);
  await checkSpeed(pack.name, () => decoy(0));
  return {
    ...faceFacts(pack),
    acquire: (raw, challenge) => acquire(raw, challenge, networks, pack),
    judge: (features, earlier) => judge(features, earlier, calibration),
    enrol: (parts) => enrol(parts, calibration),
    compare: (reference, probe, recent) => compare(reference, probe, recent, calibration),
    adapt,
    decoy,
    ...faceCodec(tagOf(pack), embedder.dimensions),
    warm: () => decoy(0),
    transform: faceTransform,
  };
}

async function acquire(
  raw: RawSample,
  challenge: CaptureChallenge | undefined,
  networks: FaceNetworks,
  pack: FacePack,
): Promise<Acquired<FaceFeatures>> {
  if (challenge !== undefined && raw.mediaType !== FACE_FRAMES_MEDIA_TYPE)
    throw new AsignioError('ASIGNIO_SAMPLE_INVALID', 'What answers prompts are frames');
  const shots = shotsOf(raw);
  if (new Set(shots.map(({ digest }) => Buffer.from(digest).toString('hex'))).size < shots.length)
    return { findings: [finding('ASIGNIO_QUALITY_PICTURE_REPEATED')] };
  const committed = challenge !== undefined && areCommitted(shots, challenge);
  // Of frames that answer no challenge only those count of which somebody looked straight into the camera.
  const looked = committed ? shots : shots.filter(({ step }) => step === 0);
  const seen: SeenShot[] = [];
  try {
    for (const shot of looked) seen.push({ shot, observation: await look(shot, networks, pack) });
    const straight = await keep(
      seen.filter(({ shot }) => shot.step === 0),
      networks,
      pack,
    );
    if (challenge === undefined) return straight;
    return await answer(straight, seen, challenge, { embed: networks.embed, calibration: pack.calibration });
  } finally {
    for (const { observation } of seen) observation.seen?.chip.data.fill(0);
  }
}

async function look(shot: Shot, networks: FaceNetworks, pack: FacePack): Promise<SeenShot['observation']> {
  const picture = await decodePicture(shot, shot.moving ? FACE_FRAMES_LIMITS.side : undefined);
  const { detect, landmarks, embed } = networks;
  // A still cannot show that somebody is there, so nothing is asked of it.
  return observe(picture, shot.moving ? networks : { detect, landmarks, embed }, pack);
}

/** Makes templates of the best pictures, or says what is wrong with most of them. */
async function keep(all: readonly SeenShot[], networks: FaceNetworks, pack: FacePack): Promise<Acquired<FaceFeatures>> {
  const good = all
    .flatMap(({ shot, observation }) =>
      observation.seen !== undefined && observation.findings.length === 0 ? [{ shot, seen: observation.seen }] : [],
    )
    .toSorted((a, b) => b.seen.quality - a.seen.quality)
    .slice(0, MOST_KEPT);
  if (good.length === 0) return { findings: commonest(all.map(({ observation }) => observation.findings)) };
  const templates: FaceTemplate[] = [];
  for (const { shot, seen } of good)
    templates.push({
      vector: await networks.embed(seen.chip),
      quality: seen.quality,
      digest: shot.digest.slice(0, DIGEST_BYTES),
    });
  const kept = withoutOutliers(templates, pack.calibration);
  if (2 * kept.length <= templates.length || !isOneFace(kept, pack.calibration))
    return { findings: [finding('ASIGNIO_QUALITY_OTHER_FACE')] };
  const features = { templates: kept };
  if (pack.pad === undefined || good.some(({ seen }) => seen.live === undefined)) return { findings: [], features };
  const live = good.reduce((sum, { seen }) => sum + (seen.live ?? 0), 0) / good.length;
  const attack = live < pack.pad.threshold;
  return { findings: [], features, pad: attack ? { attack, species: 'passive' } : { attack } };
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

/** Vectors can be compared where the embedder and what it is shown are the same. */
function tagOf({ files, aligner, embedder }: FacePack): number {
  const file = files[embedder.file];
  if (file === undefined) throw new AsignioError('ASIGNIO_MODEL_INVALID', 'The pack has no embedder');
  const text = JSON.stringify([file.sha256, aligner, embedder]);
  return createHash('sha256').update(text).digest().readUInt32LE(0);
}
