import type { EpochMs } from '@asignio/contracts';
import type { ConsentRecord } from '../consent/record.ts';
import { NOTICE_TEMPLATES } from '../message/default/templates.ts';
import type { Notice } from './notice.ts';
import type { NoticeRegister, NoticeVersion } from './register.ts';

/**
 * How long before its date a notice is announced, ms: thirty days. The published policy (section P) says that people are
 * told before the date and not how long before; thirty days is our own choice, the month that GDPR Art. 12(3) gives a
 * company to answer.
 */
export const ANNOUNCE_BEFORE_MS = 30 * 86_400_000;

/**
 * R33: the versions that people must be told of by now: those whose date is near, and the one in force, for whoever was not
 * told before it came (a version that was registered late). The first version replaces nothing, and one that was replaced
 * meanwhile is history.
 */
export function announcements(
  notices: NoticeRegister,
  at: EpochMs,
  beforeMs: number = ANNOUNCE_BEFORE_MS,
): readonly NoticeVersion[] {
  const versions = notices.versions();
  const inForce = versions.findLastIndex(({ effectiveAt }) => effectiveAt <= at);
  return versions.filter(({ effectiveAt }, index) => index > 0 && index >= inForce && effectiveAt - beforeMs <= at);
}

/** R33: whether whoever gave a consent must be told of a version: what they agreed to is older, and still stands. */
export function mustBeTold(
  consent: ConsentRecord,
  { version }: NoticeVersion,
  notices: NoticeRegister,
  at: EpochMs,
): boolean {
  const { state, supersededBy, validUntil, noticeVersion } = consent;
  if (state !== 'granted' || supersededBy !== null || (validUntil !== null && !(at < validUntil))) return false;
  const order = notices.versions().map((known) => known.version);
  return order.indexOf(noticeVersion) < order.indexOf(version);
}

/** What stands for the change where a notice does not say it, by language. */
const UNSAID: Readonly<Record<string, string>> = {
  en: 'the notice has been written anew.',
  es: 'el aviso se ha escrito de nuevo.',
  ar: 'كُتب الإشعار من جديد.',
};

/** R33: the message that tells of a notice: template and values, in the notice's language. */
export function announcementOf(notice: Notice): {
  readonly template: string;
  readonly language: string;
  readonly values: Readonly<Record<'date' | 'controller' | 'changes' | 'contact', string>>;
} {
  const { language, effectiveAt, material, controller, whatChanged } = notice;
  const [primary = 'en'] = language.toLowerCase().split('-');
  return {
    template: material ? NOTICE_TEMPLATES.material : NOTICE_TEMPLATES.minor,
    language,
    values: {
      date: new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(effectiveAt),
      controller: controller.name,
      changes: whatChanged ?? UNSAID[primary] ?? (UNSAID['en'] as string),
      contact: controller.contact,
    },
  };
}
