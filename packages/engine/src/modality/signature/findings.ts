import type { ErrorCode, QualityFinding } from '@asignio/contracts';

const SENTENCES = {
  ASIGNIO_QUALITY_TOO_FEW_POINTS: 'Too little of it was recorded. Draw a little slower.',
  ASIGNIO_QUALITY_TOO_SHORT: 'That was very short. Draw a little more: your initials, for two to three seconds.',
  ASIGNIO_QUALITY_TOO_LONG: 'That took long. Draw it in one go, within ten seconds.',
  ASIGNIO_QUALITY_TOO_SMALL: 'That was very small. Use more of the surface.',
  ASIGNIO_QUALITY_TOO_STRAIGHT: 'That is nearly a straight line. Draw something with curves: your initials, say.',
  ASIGNIO_QUALITY_TOO_SIMPLE: 'That would be easy to imitate. Add a letter or a flourish.',
  ASIGNIO_QUALITY_UNLIKE_OTHERS:
    'This one is unlike the ones before. Draw it the way you drew those, or start over with one that comes easily.',
  ASIGNIO_QUALITY_OTHER_POINTER: 'Use the same finger, pen or mouse for all drawings.',
  ASIGNIO_QUALITY_REPEATED: 'This one is a copy of an earlier one. Draw it afresh each time.',
  ASIGNIO_QUALITY_TOO_FEW_SAMPLES: 'There are too few drawings yet. Go on until the count is full.',
  ASIGNIO_QUALITY_INCONSISTENT:
    'These drawings differ too much from each other. Start over with one that comes easily, and draw it alike each time.',
} as const satisfies Partial<Record<ErrorCode, string>>;

export type SignatureFindingCode = keyof typeof SENTENCES;

/** A finding with its sentence for the person. */
export function finding(code: SignatureFindingCode): QualityFinding {
  return { code, message: SENTENCES[code] };
}
