import { AsignioError } from './errors.ts';
import { tenantId } from './ids.ts';
import type { TenantId } from './ids.ts';
import type { Plugin } from './plugin.ts';

/**
 * Whether somebody can switch a message off (R35): what the law or the published policy makes a company say (a notice that
 * changes, the answer to a request) is `mandatory`; everything else, marketing above all, is `optional`.
 */
export const MESSAGE_CLASSES = ['mandatory', 'optional'] as const;
export type MessageClass = (typeof MESSAGE_CLASSES)[number];

/** A message to one person, ready to be sent. */
export interface OutgoingMessage {
  /** The same message has the same id, however often it is handed over: who delivers it twice can tell. */
  readonly id: string;
  readonly tenant: TenantId;
  /** The host application's own id of the person. Opaque: only the host knows where to reach them. */
  readonly recipient: string;
  /** Name of the template that the words are of. */
  readonly template: string;
  /** BCP 47. */
  readonly language: string;
  readonly mandatory: boolean;
  readonly words: {
    /** One line. */
    readonly title: string;
    /** Plain text; paragraphs are parted by blank lines. */
    readonly text: string;
  };
}

/** What every plugin must be able to deliver, and beyond which it refuses; in UTF-16 units. */
export const MESSAGE_LIMITS = {
  id: 128,
  recipient: 256,
  template: 64,
  language: 35,
  title: 200,
  text: 10_000,
} as const;

/**
 * Hands messages to whatever reaches people: a mail server, a push service, the host's own code. It is told whom to reach
 * by the host's id alone, sees no biometric data, and decides nothing: who may be written to was decided before.
 *
 * `send` resolves when the message is accepted for delivery, and may then be handed the same message again after a crash.
 * Errors: `ASIGNIO_NOTIFICATION_UNAVAILABLE` where trying again later may help (also while closed);
 * `ASIGNIO_NOTIFICATION_REFUSED` where it will not. Neither says a word of the message.
 *
 * @example
 * ```ts
 * await notification.send({
 *   id: 'm1', tenant, recipient: 'ada', template: 'notice-changes', language: 'en', mandatory: true,
 *   words: { title: 'Our privacy notice changes', text: 'From 1 May on ...' },
 * });
 * ```
 */
export interface NotificationPlugin extends Plugin {
  /** Idempotent. */
  open(): Promise<void>;
  /** Idempotent; may be opened again. */
  close(): Promise<void>;
  send(message: OutgoingMessage): Promise<void>;
}

const NAME = /^[a-z0-9][a-z0-9-]*$/;
const LANGUAGE = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*$/;
const ID = /^[A-Za-z0-9_-]+$/;
// Half of a surrogate pair has no UTF-8 form; a line has no line breaks.
const NO_LINE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;
const NO_TEXT = /[^\P{Cc}\n\t]|\p{Cs}/u;

/**
 * Checks a message, so that every plugin refuses the same ones in the same words.
 * @throws AsignioError `ASIGNIO_NOTIFICATION_REFUSED` naming the field, never its value.
 */
export function checkOutgoingMessage(message: OutgoingMessage): void {
  if (typeof message !== 'object' || message === null) throw refused('it is no object');
  const { id, tenant, recipient, template, language, mandatory, words } = message;
  if (!fits(id, 'id', ID)) throw refused('id');
  try {
    tenantId(tenant);
  } catch {
    throw refused('tenant');
  }
  if (!fits(recipient, 'recipient', NO_LINE, true)) throw refused('recipient');
  if (!fits(template, 'template', NAME)) throw refused('template');
  if (!fits(language, 'language', LANGUAGE)) throw refused('language');
  if (typeof mandatory !== 'boolean') throw refused('mandatory');
  if (!fits(words?.title, 'title', NO_LINE, true)) throw refused('words.title');
  if (!fits(words.text, 'text', NO_TEXT, true)) throw refused('words.text');
}

function fits(value: unknown, what: keyof typeof MESSAGE_LIMITS, pattern: RegExp, not = false): boolean {
  return (
    typeof value === 'string' &&
    value.trim() !== '' &&
    value.length <= MESSAGE_LIMITS[what] &&
    pattern.test(value) !== not
  );
}

function refused(what: string): AsignioError {
  return new AsignioError('ASIGNIO_NOTIFICATION_REFUSED', `The message is not as the contract has it: ${what}`);
}
