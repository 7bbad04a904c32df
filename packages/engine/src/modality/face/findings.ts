import type { ErrorCode, QualityFinding } from '@asignio/contracts';

const SENTENCES = {
  ASIGNIO_QUALITY_NO_FACE: 'There is no face to be seen. Look into the camera.',
  ASIGNIO_QUALITY_SEVERAL_FACES: 'There are several faces to be seen. Be alone in the picture.',
  ASIGNIO_QUALITY_FACE_TOO_SMALL: 'You are far away. Come closer to the camera.',
  ASIGNIO_QUALITY_FACE_TOO_DARK: 'It is too dark. Find more light.',
  ASIGNIO_QUALITY_FACE_TOO_BRIGHT: 'The light is too strong. Turn away from it.',
  ASIGNIO_QUALITY_FACE_BLURRED: 'The picture is blurred. Hold the camera still, and wipe its lens.',
  ASIGNIO_QUALITY_FACE_TURNED: 'You are turned away. Look straight into the camera, with the head upright.',
  ASIGNIO_QUALITY_FACE_COVERED: 'Part of your face is covered. Take off what covers eyes, nose or mouth.',
  ASIGNIO_QUALITY_FACE_CUT_OFF: 'Your face is cut off by the border. Move so that all of it is in the picture.',
  ASIGNIO_QUALITY_EYES_CLOSED: 'Your eyes are closed. Open them.',
  ASIGNIO_QUALITY_OTHER_FACE:
    'These pictures are not of one face. Start over, with one person alone before the camera.',
  ASIGNIO_QUALITY_PICTURE_REPEATED: 'This picture is a copy of an earlier one. Take each picture anew.',
  ASIGNIO_QUALITY_TOO_FEW_PICTURES: 'There are too few pictures yet. Go on until the count is full.',
  ASIGNIO_QUALITY_PROMPT_MISSED:
    'What was asked for could not be seen. Do what is asked, one thing after the other, and stay in the picture.',
  ASIGNIO_QUALITY_DRAWING_UNSEEN:
    'The camera did not see you while you drew. Draw again with your face in the picture all the while.',
} as const satisfies Partial<Record<ErrorCode, string>>;

export type FaceFindingCode = keyof typeof SENTENCES;

/** A finding with its sentence for the person. */
export function finding(code: FaceFindingCode): QualityFinding {
  return { code, message: SENTENCES[code] };
}
