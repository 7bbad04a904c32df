import { AsignioError, subjectId } from '@asignio/contracts';
import type { NotificationPlugin, OutgoingMessage, SubjectId } from '@asignio/contracts';
import type { AsignioCore } from '@asignio/core';
import { TENANT } from '../harness.js';

/** A notification plugin in memory. */
export class Postbox implements NotificationPlugin {
  readonly metadata = {
    name: '@test/postbox',
    version: '1.0.0',
    kind: 'notification',
    capabilities: [],
    data: ['words of messages'],
    region: 'local',
  } as const;
  readonly sent: OutgoingMessage[] = [];
  tries = 0;
  isOpen = false;
  /** Thrown by the next sends, one each. */
  readonly faults: AsignioError[] = [];

  open = async () => {
    this.isOpen = true;
  };

  close = async () => {
    this.isOpen = false;
  };

  send = async (message: OutgoingMessage) => {
    this.tries++;
    const fault = this.faults.shift();
    if (fault !== undefined) throw fault;
    if (!this.isOpen) throw new AsignioError('ASIGNIO_NOTIFICATION_UNAVAILABLE');
    this.sent.push(structuredClone(message));
  };

  to(recipient: string): readonly OutgoingMessage[] {
    return this.sent.filter((message) => message.recipient === recipient);
  }
}

/** `count` people: `person-1`, `person-2`, ... */
export function people(count: number): readonly SubjectId[] {
  return Array.from({ length: count }, (_, n) => subjectId(`person-${n + 1}`));
}

/** The signed release of the notice in force, in a language. */
export async function agree(core: AsignioCore, subject: SubjectId, language = 'en') {
  const notice = await core.subjects.notice(TENANT, language);
  return core.subjects.grant({
    tenant: TENANT,
    subject,
    modality: 'signature',
    purposes: ['authentication'],
    noticeVersion: notice.version,
    noticeSha256: notice.sha256,
    language: notice.language,
    signature: { method: 'typed-name', name: 'A Person' },
  });
}
