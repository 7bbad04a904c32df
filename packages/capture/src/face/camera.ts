/** Why there is no picture. */
export type CameraTrouble = 'denied' | 'none' | 'busy' | 'insecure';

/** A camera that is on. */
export interface Camera {
  readonly stream: MediaStream;
  /** Cameras on this device; their names are known once one was allowed. */
  readonly cameras: readonly MediaDeviceInfo[];
  readonly current: string | undefined;
  stop(): void;
}

/** No camera, and why. */
export class CameraError extends Error {
  override readonly name = 'CameraError';
  readonly trouble: CameraTrouble;

  constructor(trouble: CameraTrouble, options?: ErrorOptions) {
    super(`No camera: ${trouble}`, options);
    this.trouble = trouble;
  }
}

/** Enough for a face, and small enough to send. */
const SIZE = { width: { ideal: 640 }, height: { ideal: 640 } } as const;

/**
 * Turns a camera on: the one asked for, or the one that faces the person.
 * @throws CameraError
 */
export async function openCamera(deviceId?: string): Promise<Camera> {
  const media = (navigator as Partial<Navigator>).mediaDevices;
  if (media === undefined) throw new CameraError('insecure');
  const which = deviceId === undefined ? { facingMode: 'user' } : { deviceId: { exact: deviceId } };
  let stream: MediaStream;
  try {
    stream = await media.getUserMedia({ audio: false, video: { ...SIZE, frameRate: { ideal: 30 }, ...which } });
  } catch (cause) {
    throw new CameraError(troubleOf(cause), { cause });
  }
  const cameras = await media.enumerateDevices().catch(() => []);
  const current = stream.getVideoTracks()[0]?.getSettings().deviceId;
  return {
    stream,
    cameras: cameras.filter(({ kind }) => kind === 'videoinput'),
    current,
    stop: () => stopAll(stream),
  };
}

function stopAll(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function troubleOf(error: unknown): CameraTrouble {
  switch (error instanceof DOMException ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'none';
  }
}
