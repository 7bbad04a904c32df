import type { EpochMs, MessageClass, StoragePlugin } from '@asignio/contracts';
import type { AuditFact } from '../audit/chain.ts';
import type { Owing } from '../governance/records.ts';
import { Repository } from '../store/repository.ts';
import type { MessageState } from './api.ts';

/** How to reach a person, and what they want to hear. */
export interface ContactRecord {
  readonly type: 'contact';
  readonly subject: string;
  /** The host's id of the person, sealed under a key of theirs. */
  readonly sealed: Uint8Array;
  /** Id of that key. */
  readonly key: string;
  /** Of the newest consent. */
  readonly language: string;
  readonly optional: boolean;
  readonly at: EpochMs;
}

/** What a message says: a notice is read anew when it is sent, anything else is sealed under a key of the person's. */
export type MessageContent =
  | { readonly type: 'notice'; readonly version: string }
  | { readonly type: 'words'; readonly sealed: Uint8Array; readonly key: string };

/** A message to one person. */
export interface MessageRecord extends Owing {
  readonly subject: string;
  /** Random: what those who deliver it know it by. */
  readonly message: string;
  readonly template: string;
  readonly class: MessageClass;
  readonly language: string;
  readonly content: MessageContent;
  readonly state: MessageState;
  readonly createdAt: EpochMs;
  readonly sentAt: EpochMs | null;
  readonly attempts: number;
  /** When it may be tried (again). */
  readonly nextAt: EpochMs;
  /** Of who tries it now. */
  readonly claim: string | null;
}

/** How far a walk over all of a tenant is. */
export interface Walk {
  readonly cursor: string | null;
  readonly done: boolean;
  readonly count: number;
}

/** A version of the notice, as one tenant's people are told of it. */
export interface NoticeRecord extends Owing {
  readonly version: string;
  readonly effectiveAt: EpochMs;
  readonly material: boolean;
  /** Hashes of the notice in all its languages: words that were changed are published anew. */
  readonly hashes: string;
  readonly announceAt: EpochMs;
  /** R33: planning a message to everybody who must be told; `null` for the first version, which changes nothing. */
  readonly telling: Walk | null;
  /** R33: marking what the version makes stale. */
  readonly marking: Walk | null;
}

/** What messages keep. */
export interface MessageRecords {
  readonly contacts: Repository<ContactRecord>;
  readonly messages: Repository<MessageRecord>;
  readonly notices: Repository<NoticeRecord>;
}

/** What owes audit entries is due at once, so that the next sweep finds it. */
const OVERDUE = 0;
export const NOT_BEGUN: Walk = { cursor: null, done: false, count: 0 };

export function createMessageRecords(storage: StoragePlugin): MessageRecords {
  return {
    contacts: new Repository(storage, 'attribute', ({ subject }) => ({ subject })),
    messages: new Repository(storage, 'message', (value) => ({ subject: value.subject, ...messageDue(value) })),
    notices: new Repository(storage, 'notice', noticeDue),
  };
}

function messageDue({ owed, state, nextAt }: MessageRecord): { readonly due?: EpochMs } {
  if (owed.length > 0) return { due: OVERDUE };
  return state === 'owed' ? { due: nextAt } : {};
}

function noticeDue({ owed, telling, marking, announceAt, effectiveAt }: NoticeRecord): { readonly due?: EpochMs } {
  if (owed.length > 0) return { due: OVERDUE };
  if (telling?.done === false) return { due: announceAt };
  return marking?.done === false ? { due: effectiveAt } : {};
}

export function contactId(subject: string): string {
  return `contact:${subject}`;
}

export function noticeMessageId(version: string, subject: string): string {
  return `notice:${version}:${subject}`;
}

/** The entry that says that a message went out (R35). */
export function sentFact(
  id: string,
  { subject, template, language, class: kind, content }: MessageRecord,
  at: EpochMs,
  by: 'plugin' | 'host',
): AuditFact {
  return {
    id: `message:${id}:sent`,
    event: 'notice.sent',
    subject,
    at,
    data: {
      template,
      language,
      mandatory: kind === 'mandatory',
      by,
      ...(content.type === 'notice' ? { version: content.version } : {}),
    },
  };
}
