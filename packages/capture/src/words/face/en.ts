import type { ErrorCode, FacePrompt } from '@asignio/contracts';
import type { FaceHint } from '../../face/hints.ts';
import type { CameraTrouble } from '../../face/camera.ts';

/** What the camera sees wrong, live. */
const hints = {
  faceNone: 'Bring your face into the oval.',
  faceSeveral: 'Be alone in the picture.',
  faceDark: 'Find more light.',
  faceBright: 'Turn away from the strong light.',
  faceCloser: 'Come a little closer.',
  faceFarther: 'Move back a little.',
  faceCentre: 'Bring your face to the middle.',
  faceStraight: 'Look straight into the camera.',
  faceLevel: 'Hold your head upright.',
  faceHold: 'Good. Hold still.',
} as const satisfies Record<FaceHint, string>;

/** What is asked for. */
const prompts = {
  'prompt.look-straight': 'Look straight ahead',
  'prompt.turn-left': 'Turn your head to your left',
  'prompt.turn-right': 'Turn your head to your right',
  'prompt.look-up': 'Lift your chin a little',
  'prompt.move-closer': 'Bring your face closer',
  'prompt.blink': 'Close your eyes, then open them',
  'prompt.sign': 'Now draw your signature',
} as const satisfies Record<`prompt.${FacePrompt}`, string>;

/** Why there is no picture. */
const troubles = {
  'camera.denied': 'The camera may not be used',
  'camera.deniedHelp': 'Allow this page to use the camera, in the settings of your browser, then try again.',
  'camera.none': 'There is no camera',
  'camera.noneHelp': 'Connect a camera and try again, or use another way in.',
  'camera.busy': 'The camera is in use',
  'camera.busyHelp': 'Close other programs that use the camera, then try again.',
  'camera.insecure': 'The camera works on secure pages alone',
  'camera.insecureHelp': 'Open this page over https, or use another way in.',
} as const satisfies Record<`camera.${CameraTrouble}` | `camera.${CameraTrouble}Help`, string>;

/** Of the face component, in English. */
export const faceWords = {
  ...hints,
  ...prompts,
  ...troubles,
  faceAlternative: 'Have no camera, or would rather not? You can use another way in.',
  faceStart: 'Start the camera',
  faceStartHelp:
    'You will be asked to do four small things, such as turning your head. Pictures are taken by themselves, and you can stop at any time.',
  faceStop: 'Stop the camera',
  faceSwitch: 'Use another camera',
  facePicture: 'What the camera sees',
  faceStep: 'Step {number} of {count}',
  faceOff: 'The camera is off.',
  faceOpening: 'Starting the camera. Your browser may ask you to allow it.',
  faceDone: 'Done. The camera is off.',
  faceLate: 'That took a while. We start with the first step again.',
  faceAgain: 'Try again',
  ASIGNIO_QUALITY_NO_FACE: 'Look into the camera.',
  ASIGNIO_QUALITY_SEVERAL_FACES: 'Be alone in the picture.',
  ASIGNIO_QUALITY_FACE_TOO_SMALL: 'Come closer to the camera.',
  ASIGNIO_QUALITY_FACE_TOO_DARK: 'Find more light.',
  ASIGNIO_QUALITY_FACE_TOO_BRIGHT: 'Turn away from the strong light.',
  ASIGNIO_QUALITY_FACE_BLURRED: 'Hold the camera still, and wipe its lens.',
  ASIGNIO_QUALITY_FACE_TURNED: 'Look straight into the camera, with the head upright.',
  ASIGNIO_QUALITY_FACE_COVERED: 'Take off what covers eyes, nose or mouth.',
  ASIGNIO_QUALITY_FACE_CUT_OFF: 'Move so that the whole face is in the picture.',
  ASIGNIO_QUALITY_EYES_CLOSED: 'Open your eyes.',
  ASIGNIO_QUALITY_OTHER_FACE: 'Start over, with one person alone before the camera.',
  ASIGNIO_QUALITY_PICTURE_REPEATED: 'Take each picture anew.',
  ASIGNIO_QUALITY_TOO_FEW_PICTURES: 'Take pictures until the count is full.',
  ASIGNIO_QUALITY_PROMPT_MISSED: 'Do what is asked, one thing after the other, and stay in the picture.',
  ASIGNIO_QUALITY_DRAWING_UNSEEN: 'Draw again, with your face in the picture all the while.',
  ASIGNIO_PROMPT_TIMING: 'Ask for the first prompt again, and follow each one as it is shown.',
  faceEnrolTitle: 'Show your face',
  faceEnrolWhy: 'We learn what you look like. It takes about twenty seconds. The pictures themselves are not kept.',
  faceVerifyTitle: 'Show your face',
  togetherTitle: 'Show your face, then sign',
  togetherWhy:
    'You sign while the camera looks. Drawing and pictures are compared, and the pictures are then thrown away.',
  togetherOnly: 'Here both are needed in one go, so that nobody can use a drawing that was made elsewhere.',
  roomTitle: 'Make room for both',
  roomHelp:
    'You draw while the camera looks, so both must be on the screen. Turn your phone upright, or make the window higher. Then we go on.',
  roomAnyway: 'Go on in this window',
  oneByOne: 'Do one after the other instead',
  faceVerifyWhy: 'It is compared, and the pictures are then thrown away.',
  faceEnrolled: 'Your face is set',
  faceEnrolledHelp: 'From now on, look into the camera to sign in.',
  faceComparing: 'Comparing your pictures …',
  faceNotTogether: 'These pictures do not go together yet',
  faceRefusedHelp: 'Start over, in good light, with one person alone before the camera.',
  faceHeld: 'Your face, from {samples} pictures, since {date}',
  byFace: '{purpose}, by face',
  faceMayWe: 'May we use your face for this?',
  faceNeededFor: 'Signing in by face needs this. If you say no, you can still use every other way in.',
} as const satisfies Partial<Record<ErrorCode, string>> & Record<string, string>;

export type FaceWord = keyof typeof faceWords;
export type FaceWords = Record<FaceWord, string>;
