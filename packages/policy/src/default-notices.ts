import type { Notice } from './notices.ts';

/** 2026-11-01: the day from which the default notice holds. */
const EFFECTIVE_AT = Date.UTC(2026, 10, 1);
const VERSION = '2026-11-01';

interface Words {
  readonly language: string;
  readonly title: string;
  readonly sections: readonly { readonly heading: string; readonly text: string }[];
  readonly what: string;
  readonly why: string;
  readonly howLong: string;
  readonly withWhom: (controller: string) => string;
}

const ENGLISH: Words = {
  language: 'en',
  title: 'Signing in with your signature',
  sections: [
    {
      heading: 'What we ask',
      text: 'May we keep a description of how you draw your signature, so that you can sign in by drawing it?',
    },
    {
      heading: 'What we keep',
      text: 'You draw your signature five times. We keep numbers that describe its shape and its timing, encrypted. We do not keep pictures of it, and we never show it to anybody.',
    },
    {
      heading: 'How long',
      text: 'We destroy it three years after you last signed in or changed anything here, and at once when you withdraw your consent or ask us to.',
    },
    {
      heading: 'With whom we share it',
      text: 'With nobody. We never sell, lease or trade it, and never use it for advertising.',
    },
    {
      heading: 'Your choice',
      text: 'You can say no, now or at any time later, and still use your other way to sign in. Saying no costs you nothing.',
    },
  ],
  what: 'How you draw your signature: its shape, speed and, where the pen tells, pressure.',
  why: 'To check that it is you when you sign in.',
  howLong: 'Three years after you last signed in or changed anything here; at once when you withdraw or ask.',
  withWhom: (controller) => `Nobody but ${controller}.`,
};

const SPANISH: Words = {
  language: 'es',
  title: 'Iniciar sesión con su firma',
  sections: [
    {
      heading: 'Qué le pedimos',
      text: '¿Podemos guardar una descripción de cómo dibuja su firma, para que pueda iniciar sesión dibujándola?',
    },
    {
      heading: 'Qué guardamos',
      text: 'Usted dibuja su firma cinco veces. Guardamos, cifrados, números que describen su forma y su ritmo. No guardamos imágenes de ella y nunca se la mostramos a nadie.',
    },
    {
      heading: 'Cuánto tiempo',
      text: 'La destruimos tres años después de la última vez que inició sesión o cambió algo aquí, y de inmediato cuando retira su consentimiento o nos lo pide.',
    },
    {
      heading: 'Con quién la compartimos',
      text: 'Con nadie. Nunca la vendemos, alquilamos ni intercambiamos, y nunca la usamos para publicidad.',
    },
    {
      heading: 'Usted decide',
      text: 'Puede decir que no, ahora o más adelante, y seguir usando su otra forma de iniciar sesión. Decir que no no le cuesta nada.',
    },
  ],
  what: 'Cómo dibuja su firma: su forma, su velocidad y, si el lápiz la indica, su presión.',
  why: 'Para comprobar que es usted quien inicia sesión.',
  howLong:
    'Tres años después de la última vez que inició sesión o cambió algo aquí; de inmediato si la retira o lo pide.',
  withWhom: (controller) => `Con nadie más que ${controller}.`,
};

const ARABIC: Words = {
  language: 'ar',
  title: 'تسجيل الدخول بتوقيعك',
  sections: [
    {
      heading: 'ماذا نطلب منك',
      text: 'هل تسمح لنا بأن نحتفظ بوصف لطريقة رسم توقيعك، حتى تتمكن من تسجيل الدخول برسمه؟',
    },
    {
      heading: 'ماذا نحفظ',
      text: 'ترسم توقيعك خمس مرات. نحفظ أرقامًا مشفّرة تصف شكله وإيقاعه. لا نحفظ صورًا له، ولا نعرضه على أحد أبدًا.',
    },
    {
      heading: 'إلى متى',
      text: 'نتلفه بعد ثلاث سنوات من آخر مرة سجّلت فيها الدخول أو غيّرت شيئًا هنا، وفورًا عندما تسحب موافقتك أو تطلب منا ذلك.',
    },
    {
      heading: 'مع من نشاركه',
      text: 'لا نشاركه مع أحد. لا نبيعه ولا نؤجره ولا نتاجر به، ولا نستخدمه في الإعلانات أبدًا.',
    },
    {
      heading: 'القرار لك',
      text: 'يمكنك أن ترفض الآن أو في أي وقت لاحق، وأن تستمر في استخدام طريقتك الأخرى لتسجيل الدخول. الرفض لا يكلفك شيئًا.',
    },
  ],
  what: 'طريقة رسم توقيعك: شكله وسرعته، وقوة الضغط إذا كان القلم يقيسها.',
  why: 'للتأكد من أنك أنت من يسجّل الدخول.',
  howLong: 'ثلاث سنوات بعد آخر مرة سجّلت فيها الدخول أو غيّرت شيئًا هنا، وفورًا عند السحب أو الطلب.',
  withWhom: (controller) => `لا أحد غير ${controller}.`,
};

/**
 * The notice that the default retention rules keep, in English, Spanish and Arabic. A lawyer should read it before you
 * rely on it; your own replaces it by the option `notices`.
 *
 * @param options.controller - Who is asking, and how to reach them.
 */
export function defaultNotices(options: {
  readonly controller: { readonly name: string; readonly contact: string };
}): readonly Notice[] {
  const { controller } = options;
  return [ENGLISH, SPANISH, ARABIC].map(({ language, title, sections, what, why, howLong, withWhom }) => ({
    version: VERSION,
    language,
    title,
    sections,
    purposes: [
      {
        purpose: 'authentication',
        modalities: ['signature'],
        required: true,
        what,
        why,
        howLong,
        withWhom: withWhom(controller.name),
      },
    ],
    controller,
    effectiveAt: EFFECTIVE_AT,
    material: true,
  }));
}
