import type { Modality, Purpose, RecordKind } from '@asignio/contracts';
import { inLanguage } from '../language.ts';

/** The written confirmation (R3) in one language. Days are given as `2026-11-25`. */
export interface ConfirmationWords {
  readonly language: string;
  readonly title: string;
  /** Between the parts of a line. */
  readonly separator: string;
  readonly madeFor: (subject: string, at: string) => string;
  readonly madeBy: (controller: string, contact: string) => string;
  readonly enrolments: string;
  readonly noEnrolment: string;
  readonly enrolment: (modality: string, variant: string, since: string, samples: number) => string;
  readonly provisional: string;
  readonly probes: (count: number) => string;
  readonly consents: string;
  readonly noConsent: string;
  readonly consent: (purpose: string, modality: string, on: string, notice: string) => string;
  readonly withdrawn: (on: string) => string;
  readonly states: Readonly<Record<'granted' | 'withdrawn' | 'stale' | 'expired', string>>;
  readonly retention: string;
  readonly noDate: string;
  readonly due: (on: string, sentence: string) => string;
  readonly destruction: Readonly<Record<'running' | 'held' | 'done', (on: string) => string>>;
  readonly recipients: string;
  readonly nobody: string;
  readonly records: string;
  readonly noRecord: string;
  readonly notKept: string;
  readonly modalities: Readonly<Record<Modality, string>>;
  readonly purposes: Readonly<Record<Purpose, string>>;
  /** Kinds of device; others are named as the engine names them. */
  readonly variants: { readonly [variant: string]: string };
  readonly kinds: Readonly<Record<RecordKind, string>>;
}

const ENGLISH: ConfirmationWords = {
  language: 'en',
  title: 'Confirmation of what we hold about you',
  separator: '; ',
  madeFor: (subject, at) => `For: ${subject}. Made on ${at}.`,
  madeBy: (controller, contact) => `By: ${controller} (${contact}).`,
  enrolments: 'Your biometric data',
  noEnrolment: 'None is held.',
  enrolment: (modality, variant, since, samples) =>
    `${modality} (${variant}), since ${since}: numbers worked out from ${samples === 1 ? 'one sample' : `${samples} samples`}`,
  provisional: 'made in one sitting, so still provisional',
  probes: (count) => `and the numbers of ${count === 1 ? 'one recent sign-in' : `${count} recent sign-ins`}`,
  consents: 'What you agreed to',
  noConsent: 'Nothing is on record.',
  consent: (purpose, modality, on, notice) => `${purpose} (${modality}), agreed on ${on} to the notice ${notice}`,
  withdrawn: (on) => `taken back on ${on}`,
  states: {
    granted: 'in force',
    withdrawn: 'taken back',
    stale: 'waits for your yes to a newer notice',
    expired: 'has ended',
  },
  retention: 'When it is destroyed',
  noDate: 'There is nothing to destroy.',
  due: (on, sentence) => `On ${on} at the latest: ${sentence}.`,
  destruction: {
    running: (on) => `A destruction that was ordered on ${on} is under way.`,
    held: (on) =>
      `A destruction that was ordered on ${on} waits, because a court or an authority ordered that the data be kept. They are used for nothing.`,
    done: (on) => `A destruction that was ordered on ${on} is done.`,
  },
  recipients: 'Who was given any of it',
  nobody: 'Nobody.',
  records: 'All records about you, counted',
  noRecord: 'There is none.',
  notKept:
    'Samples themselves, such as drawings, are not kept. A list of what was done with your data is kept without your name.',
  modalities: { signature: 'signature', face: 'face', voice: 'voice' },
  purposes: {
    authentication: 'checking that it is you when you sign in',
    improvement: 'improving the comparison',
    'vendor-comparison': 'comparison by another company',
    location: 'comparing where you sign in',
    transfer: 'transfer to somebody else',
    evaluation: 'measuring error rates',
  },
  variants: { finger: 'finger', stylus: 'pen', mouse: 'mouse' },
  kinds: {
    tenant: 'settings',
    notice: 'notices',
    subject: 'dates and standing of your data',
    consent: 'agreements',
    ceremony: 'sign-ins or enrolments under way, or just over',
    attempts: 'counts of failed attempts',
    reference: 'enrolled references, sealed',
    part: 'parts of an enrolment under way, sealed',
    probe: 'numbers of recent sign-ins, sealed',
    destruction: 'destructions',
    key: 'keys that seal your data',
    hold: 'legal holds',
    agreement: 'agreements with others',
    disclosure: 'entries of what others were given',
    custody: 'guardianships and matters of age',
    case: 'requests of yours',
    decision: 'decisions that you can contest',
    staff: 'roles of staff',
    register: 'register entries',
    attribute: 'how to reach you, and what you gave of name, e-mail, phone or places of sign-ins, sealed',
    document: 'checks of an identity document',
    message: 'messages to you',
    bridge: 'sessions and grants, sealed',
    maintenance: 'notes of upkeep',
    retention: 'notes about dates',
  },
};

const SPANISH: ConfirmationWords = {
  language: 'es',
  title: 'Confirmación de lo que guardamos sobre usted',
  separator: '; ',
  madeFor: (subject, at) => `Para: ${subject}. Hecha el ${at}.`,
  madeBy: (controller, contact) => `Por: ${controller} (${contact}).`,
  enrolments: 'Sus datos biométricos',
  noEnrolment: 'No se guarda ninguno.',
  enrolment: (modality, variant, since, samples) =>
    `${modality} (${variant}), desde el ${since}: números calculados a partir de ${samples === 1 ? 'una muestra' : `${samples} muestras`}`,
  provisional: 'hecha en una sola sesión, por eso todavía provisional',
  probes: (count) =>
    `y los números de ${count === 1 ? 'un inicio de sesión reciente' : `${count} inicios de sesión recientes`}`,
  consents: 'Lo que usted aceptó',
  noConsent: 'No consta nada.',
  consent: (purpose, modality, on, notice) => `${purpose} (${modality}), aceptado el ${on} según el aviso ${notice}`,
  withdrawn: (on) => `retirado el ${on}`,
  states: {
    granted: 'en vigor',
    withdrawn: 'retirado',
    stale: 'espera su sí a un aviso más nuevo',
    expired: 'ha terminado',
  },
  retention: 'Cuándo se destruye',
  noDate: 'No hay nada que destruir.',
  due: (on, sentence) => `A más tardar el ${on}: ${sentence}.`,
  destruction: {
    running: (on) => `Una destrucción ordenada el ${on} está en curso.`,
    held: (on) =>
      `Una destrucción ordenada el ${on} espera, porque un tribunal o una autoridad ordenó conservar los datos. No se usan para nada.`,
    done: (on) => `Una destrucción ordenada el ${on} está hecha.`,
  },
  recipients: 'A quién se dio algo de ello',
  nobody: 'A nadie.',
  records: 'Todos los registros sobre usted, contados',
  noRecord: 'No hay ninguno.',
  notKept:
    'Las muestras mismas, como los dibujos, no se guardan. Se guarda, sin su nombre, una lista de lo que se hizo con sus datos.',
  modalities: { signature: 'firma', face: 'cara', voice: 'voz' },
  purposes: {
    authentication: 'comprobar que es usted quien inicia sesión',
    improvement: 'mejorar la comparación',
    'vendor-comparison': 'comparación por otra empresa',
    location: 'comparar desde dónde inicia sesión',
    transfer: 'transmisión a otra persona o empresa',
    evaluation: 'medir tasas de error',
  },
  variants: { finger: 'dedo', stylus: 'lápiz', mouse: 'ratón' },
  kinds: {
    tenant: 'ajustes',
    notice: 'avisos',
    subject: 'fechas y estado de sus datos',
    consent: 'consentimientos',
    ceremony: 'inicios de sesión o registros en curso, o recién terminados',
    attempts: 'cuentas de intentos fallidos',
    reference: 'referencias registradas, selladas',
    part: 'partes de un registro en curso, selladas',
    probe: 'números de inicios de sesión recientes, sellados',
    destruction: 'destrucciones',
    key: 'claves que sellan sus datos',
    hold: 'órdenes de conservación',
    agreement: 'acuerdos con otros',
    disclosure: 'anotaciones de lo que se dio a otros',
    custody: 'tutelas y asuntos de edad',
    case: 'solicitudes suyas',
    decision: 'decisiones que puede impugnar',
    staff: 'funciones del personal',
    register: 'anotaciones del registro',
    attribute: 'cómo localizarle, y lo que dio de nombre, correo, teléfono o lugares de inicio de sesión, sellado',
    document: 'comprobaciones de un documento de identidad',
    message: 'mensajes para usted',
    bridge: 'sesiones y permisos, sellados',
    maintenance: 'notas de mantenimiento',
    retention: 'notas sobre fechas',
  },
};

const ARABIC: ConfirmationWords = {
  language: 'ar',
  title: 'تأكيد بما نحفظه عنك',
  separator: '؛ ',
  madeFor: (subject, at) => `إلى: ${subject}. حُرّر في ${at}.`,
  madeBy: (controller, contact) => `من: ${controller} (${contact}).`,
  enrolments: 'بياناتك البيومترية',
  noEnrolment: 'لا نحفظ شيئًا منها.',
  enrolment: (modality, variant, since, samples) =>
    `${modality} (${variant})، منذ ${since}: أرقام محسوبة من العينات، وعددها ${samples}`,
  provisional: 'أُعدّت في جلسة واحدة، فهي مؤقتة بعد',
  probes: (count) => `ومعها أرقام تسجيلات دخول حديثة، عددها ${count}`,
  consents: 'ما وافقت عليه',
  noConsent: 'لا شيء مسجل.',
  consent: (purpose, modality, on, notice) => `${purpose} (${modality})، ووافقت في ${on} على الإشعار ${notice}`,
  withdrawn: (on) => `سحبت موافقتك في ${on}`,
  states: { granted: 'سارية', withdrawn: 'مسحوبة', stale: 'تنتظر موافقتك على إشعار أحدث', expired: 'انتهت' },
  retention: 'متى تُتلف',
  noDate: 'لا يوجد ما يُتلف.',
  due: (on, sentence) => `في ${on} على أبعد تقدير: ${sentence}.`,
  destruction: {
    running: (on) => `إتلاف أُمر به في ${on} جارٍ الآن.`,
    held: (on) => `إتلاف أُمر به في ${on} ينتظر، لأن محكمة أو سلطة أمرت بحفظ البيانات. ولا تُستخدم في أي شيء.`,
    done: (on) => `إتلاف أُمر به في ${on} قد تم.`,
  },
  recipients: 'من أُعطي شيئًا منها',
  nobody: 'لا أحد.',
  records: 'كل السجلات عنك، معدودة',
  noRecord: 'لا يوجد أي سجل.',
  notKept: 'لا نحفظ العينات نفسها، كالرسوم. ونحفظ من دون اسمك قائمة بما جرى لبياناتك.',
  modalities: { signature: 'التوقيع', face: 'الوجه', voice: 'الصوت' },
  purposes: {
    authentication: 'التحقق من أنك أنت عند تسجيل الدخول',
    improvement: 'تحسين المقارنة',
    'vendor-comparison': 'المقارنة لدى شركة أخرى',
    location: 'مقارنة المكان الذي تسجل الدخول منه',
    transfer: 'النقل إلى جهة أخرى',
    evaluation: 'قياس معدلات الخطأ',
  },
  variants: { finger: 'إصبع', stylus: 'قلم', mouse: 'فأرة' },
  kinds: {
    tenant: 'إعدادات',
    notice: 'إشعارات',
    subject: 'تواريخ بياناتك وحالتها',
    consent: 'موافقات',
    ceremony: 'عمليات دخول أو تسجيل جارية أو انتهت للتو',
    attempts: 'أعداد المحاولات الفاشلة',
    reference: 'مراجع مسجلة، مختومة',
    part: 'أجزاء من تسجيل جارٍ، مختومة',
    probe: 'أرقام تسجيلات دخول حديثة، مختومة',
    destruction: 'عمليات إتلاف',
    key: 'مفاتيح تختم بياناتك',
    hold: 'أوامر حفظ قانونية',
    agreement: 'اتفاقات مع آخرين',
    disclosure: 'قيود ما أُعطي لآخرين',
    custody: 'وصايات ومسائل العمر',
    case: 'طلباتك',
    decision: 'قرارات يمكنك الاعتراض عليها',
    staff: 'أدوار العاملين',
    register: 'قيود السجل',
    attribute: 'كيفية الوصول إليك وما قدمته من اسم وبريد وهاتف وأماكن دخول، مختومة',
    document: 'عمليات تحقق من وثيقة هوية',
    message: 'رسائل إليك',
    bridge: 'جلسات وأذونات، مختومة',
    maintenance: 'ملاحظات الصيانة',
    retention: 'ملاحظات عن التواريخ',
  },
};

/** Words in a language, or one that it is a kind of (`es-MX`); English where there are none. */
export function confirmationWords(language?: string): ConfirmationWords {
  return inLanguage([ENGLISH, SPANISH, ARABIC], language);
}
