import { AsignioError } from '@asignio/contracts';
import type { MessageClass } from '@asignio/contracts';
import type { Standing } from '../permit/standing.ts';

/** What a person wants to be written to about. */
export interface MessagePreference {
  /** Off until the person switches it on. */
  readonly optional: boolean;
}

export const NO_OPTIONAL_MESSAGES: MessagePreference = { optional: false };

/**
 * R35: checks what a person asks for. Mandatory messages are no preference.
 * @throws AsignioError `ASIGNIO_MESSAGE_MANDATORY` for whoever tries to switch them off, `ASIGNIO_REQUEST_INVALID` for what
 * is no preference.
 */
export function checkPreference(asked: unknown): MessagePreference {
  const { optional, mandatory, ...others } = (asked ?? {}) as Readonly<Record<string, unknown>>;
  if (mandatory !== undefined && mandatory !== true) throw new AsignioError('ASIGNIO_MESSAGE_MANDATORY');
  if (typeof optional !== 'boolean' || Object.keys(others).length > 0)
    throw new AsignioError('ASIGNIO_REQUEST_INVALID', 'optional: say true or false');
  return { optional };
}

/**
 * R35: whether a message of a class may be sent to a person. A mandatory one always; an optional one to whoever switched
 * such messages on, and not while their data are kept and not used (R21), nor to a minor alone (R34).
 */
export function maySend(kind: MessageClass, { optional }: MessagePreference, standing: Standing): boolean {
  if (kind === 'mandatory') return true;
  return optional && standing.restrictedAt === null && !standing.minorAlone;
}
