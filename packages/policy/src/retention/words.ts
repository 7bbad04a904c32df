import { inLanguage } from '../language.ts';
import { ARABIC } from '../notice/default/arabic.ts';
import { SPANISH } from '../notice/default/spanish.ts';
import { lengthOf } from '../notice/default/words.ts';
import type { Jurisdiction, RetentionRule } from './rules.ts';

/** The public schedule in one language. */
export interface ScheduleWords {
  readonly language: string;
  readonly direction: 'ltr' | 'rtl';
  readonly title: string;
  readonly introduction: string;
  /** That the earliest date wins, and what a legal hold does. */
  readonly notes: readonly string[];
  readonly columns: { readonly who: string; readonly when: string; readonly source: string };
  readonly everybody: string;
  /** Whom a law is about. */
  readonly people: Readonly<Record<Jurisdiction, string>>;
  /** What each clock is of, to precede the sentence of a rule. */
  readonly subject: string;
  readonly probe: string;
  readonly clause: (rule: RetentionRule) => string;
}

const ENGLISH_SCHEDULE: ScheduleWords = {
  language: 'en',
  direction: 'ltr',
  title: 'How long we keep your data',
  introduction:
    'We destroy your biometric data at the earliest of the dates below that apply to you. This list is made from the very rules that the system runs with.',
  notes: [
    'If a court or an authority orders that data be kept, we keep them for as long as it says, use them for nothing, and destroy them when the order ends.',
    'Only what you do yourself counts as something that you did here. Nobody who looks at your data makes us keep them longer.',
  ],
  columns: { who: 'Who', when: 'When your data are destroyed', source: 'Which text says so' },
  everybody: 'Everybody',
  people: {
    illinois: 'People in Illinois',
    texas: 'People in Texas',
    washington: 'People in Washington State',
    colorado: 'People in Colorado',
    california: 'People in California',
    gdpr: 'People in the European Economic Area',
    uk: 'People in the United Kingdom',
  },
  subject: 'Your data',
  probe: 'What we keep of a single sign-in',
  clause: ({ sentence }) => sentence,
};

const SPANISH_SCHEDULE: ScheduleWords = {
  language: 'es',
  direction: 'ltr',
  title: 'Cuánto tiempo guardamos sus datos',
  introduction:
    'Destruimos sus datos biométricos en la primera de las fechas siguientes que valga para usted. Esta lista se hace con las mismas reglas con las que funciona el sistema.',
  notes: [
    'Si un tribunal o una autoridad ordena conservar datos, los guardamos mientras lo ordene, no los usamos para nada y los destruimos cuando la orden termina.',
    'Solo cuenta lo que usted mismo hace aquí. Nadie que mire sus datos hace que los guardemos más tiempo.',
  ],
  columns: { who: 'Quién', when: 'Cuándo se destruyen sus datos', source: 'Qué texto lo dice' },
  everybody: 'Todas las personas',
  people: {
    illinois: 'Personas en Illinois',
    texas: 'Personas en Texas',
    washington: 'Personas en el estado de Washington',
    colorado: 'Personas en Colorado',
    california: 'Personas en California',
    gdpr: 'Personas en el Espacio Económico Europeo',
    uk: 'Personas en el Reino Unido',
  },
  subject: 'Sus datos',
  probe: 'Lo que guardamos de un solo inicio de sesión',
  clause: (rule) => SPANISH.retention[rule.from](lengthOf(rule)),
};

const ARABIC_SCHEDULE: ScheduleWords = {
  language: 'ar',
  direction: 'rtl',
  title: 'كم من الوقت نحفظ بياناتك',
  introduction:
    'نتلف بياناتك البيومترية في أول موعد ينطبق عليك من المواعيد التالية. أُعدّت هذه القائمة من القواعد نفسها التي يعمل بها النظام.',
  notes: [
    'إذا أمرت محكمة أو سلطة بحفظ بيانات، فإننا نحفظها ما دام الأمر قائمًا، ولا نستخدمها في أي شيء، ونتلفها عند انتهاء الأمر.',
    'لا يُحتسب إلا ما تفعله أنت هنا. ولا يؤدي اطلاع أحد على بياناتك إلى حفظها مدة أطول.',
  ],
  columns: { who: 'من', when: 'متى تُتلف بياناتك', source: 'النص الذي يقضي بذلك' },
  everybody: 'الجميع',
  people: {
    illinois: 'الأشخاص في إلينوي',
    texas: 'الأشخاص في تكساس',
    washington: 'الأشخاص في ولاية واشنطن',
    colorado: 'الأشخاص في كولورادو',
    california: 'الأشخاص في كاليفورنيا',
    gdpr: 'الأشخاص في المنطقة الاقتصادية الأوروبية',
    uk: 'الأشخاص في المملكة المتحدة',
  },
  subject: 'بياناتك',
  probe: 'ما نحفظه من تسجيل دخول واحد',
  clause: (rule) => ARABIC.retention[rule.from](lengthOf(rule)),
};

/** Words in a language, or one that it is a kind of (`es-MX`); English where there are none. */
export function scheduleWords(language?: string): ScheduleWords {
  return inLanguage([ENGLISH_SCHEDULE, SPANISH_SCHEDULE, ARABIC_SCHEDULE], language);
}

/**
 * When data are destroyed by a rule, for people, to follow "Your data are destroyed". In English it is the rule's own
 * sentence; in Spanish and Arabic it is written from what the rule says, so that a rule of your own has one too.
 * @example
 * ```ts
 * retentionSentence(rule, 'es'); // '3 años después de la última vez que inició sesión o cambió algo aquí'
 * ```
 */
export function retentionSentence(rule: RetentionRule, language?: string): string {
  return scheduleWords(language).clause(rule);
}
