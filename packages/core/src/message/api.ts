import type { EpochMs, MessageClass, SubjectId, TenantId } from '@asignio/contracts';
import type { MessagePreference } from '@asignio/policy';
import type { Page, PageQuery } from '../governance/api.ts';

/** Where a message stands: `withheld` is an optional one to a person who has not switched such messages on. */
export type MessageState = 'owed' | 'sent' | 'withheld' | 'refused' | 'unreachable';

/** A message to a person, as they may read it on the page that shows what is held. */
export interface PersonalMessage {
  readonly id: string;
  readonly template: string;
  readonly class: MessageClass;
  readonly language: string;
  readonly title: string;
  readonly text: string;
  readonly state: MessageState;
  readonly createdAt: EpochMs;
  readonly sentAt: EpochMs | null;
}

/** What a person is written to about. */
export interface MessageSettings extends MessagePreference {
  /** R35: cannot be switched off. */
  readonly mandatory: true;
}

/** A message that the host's own code has sent. */
export interface SendMessage {
  readonly subject: SubjectId;
  /** Name of a template that was registered. */
  readonly template: string;
  readonly values?: Readonly<Record<string, string>>;
  /** BCP 47; the one of the person's newest consent unless told. */
  readonly language?: string;
  /** Names the occasion, 1-100 of `A-Z a-z 0-9 . _ -`: the same again is sent once. */
  readonly occasion: string;
}

/** A version of the notice that people are told of. */
export interface AnnouncedNotice {
  readonly version: string;
  readonly effectiveAt: EpochMs;
  readonly material: boolean;
  /** From when on people are told. */
  readonly announcedFrom: EpochMs;
  /** Whether everybody who is to be told has a message, sent or to be sent. */
  readonly planned: boolean;
  readonly messages: number;
  /** Whether every consent that the version made stale is marked so. */
  readonly staleMarked: boolean;
  readonly stale: number;
}

/** Somebody who must be told of a notice. */
export interface Addressee {
  /** The host's own id; `null` where it is not known (a consent of before it was kept). */
  readonly subject: SubjectId | null;
  readonly pseudonym: string;
  readonly language: string;
  /** `planned`: the message is not written yet. */
  readonly state: MessageState | 'planned';
}

/**
 * Messages to people (R33, R35, R40). What the system itself has to say it sends through the notification plugin, with the
 * sweep; the host's own code can send what it registered templates for. Errors of all methods: `ASIGNIO_REQUEST_INVALID`
 * naming the field.
 */
export interface Messages {
  /** Of a person of whom nothing is held: nothing optional. */
  settings(tenant: TenantId, subject: SubjectId): Promise<MessageSettings>;
  /**
   * Switches optional messages on or off.
   * @throws AsignioError `ASIGNIO_MESSAGE_MANDATORY` for whoever tries to switch off the others, `ASIGNIO_NOT_FOUND` where
   * nothing is held of the person.
   */
  choose(
    tenant: TenantId,
    subject: SubjectId,
    settings: { readonly optional: boolean; readonly mandatory?: boolean },
  ): Promise<MessageSettings>;
  /** The person's messages, newest first: also those that no plugin has sent. */
  list(tenant: TenantId, subject: SubjectId): Promise<readonly PersonalMessage[]>;
  /**
   * Sends a message of a registered template. For the host's own code, never for a request from outside.
   * @returns how it stands: `owed` is tried again by the sweep
   * @throws AsignioError `ASIGNIO_NOT_FOUND` where nothing is held of the person, or there is no such template;
   * `ASIGNIO_TEMPLATE_INVALID` where the values do not fit, or ask the person for data (R40).
   */
  send(tenant: TenantId, message: SendMessage): Promise<{ readonly id: string; readonly state: MessageState }>;
  /** Versions of the notice that people of this tenant are told of, or will be. */
  announced(tenant: TenantId): Promise<readonly AnnouncedNotice[]>;
  /**
   * Who must be told of a version, page by page: for a host that tells them itself. For the host's own code alone.
   * @throws AsignioError `ASIGNIO_NOTICE_UNKNOWN`.
   */
  addressees(tenant: TenantId, version: string, page?: PageQuery): Promise<Page<Addressee>>;
  /**
   * Notes that the host has told a person of a version by its own means; no plugin tells them again.
   * @throws AsignioError `ASIGNIO_NOTICE_UNKNOWN`, `ASIGNIO_NOT_FOUND` for somebody who need not be told.
   */
  told(tenant: TenantId, version: string, subject: SubjectId): Promise<void>;
}
