import type { Length, Words } from './words.ts';

/** Forms for one, two, three to ten, eleven to ninety-nine, and whole hundreds, as they stand after "after". */
const UNITS = {
  year: ['سنة واحدة', 'سنتين', 'سنوات', 'سنة', 'سنة'],
  month: ['شهر واحد', 'شهرين', 'أشهر', 'شهرًا', 'شهر'],
  day: ['يوم واحد', 'يومين', 'أيام', 'يومًا', 'يوم'],
} as const;

/** Plural forms of CLDR's rules for Arabic. */
const length = ({ count, unit }: Length) => {
  const [one, two, few, many, hundreds] = UNITS[unit];
  if (count === 1) return one;
  if (count === 2) return two;
  const rest = count % 100;
  if (rest < 3) return `${count} ${hundreds}`;
  return `${count} ${rest <= 10 ? few : many}`;
};
const after = (atOnce: string, later: string) => (period: Length) =>
  period.count === 0 ? `فورًا ${atOnce}` : `بعد ${length(period)} من ${later}`;

export const ARABIC: Words = {
  language: 'ar',
  title: 'تسجيل الدخول بتوقيعك',
  what: 'طريقة رسم توقيعك: شكله وسرعته، وقوة الضغط إذا كان القلم يقيسها.',
  why: 'للتأكد من أنك أنت من يسجّل الدخول.',
  retention: {
    'last-interaction': after('بعد آخر زيارة لك', 'آخر مرة سجّلت فيها الدخول أو غيّرت شيئًا هنا'),
    enrolment: after('بعد إعداد توقيعك هنا', 'إعداد توقيعك هنا'),
    'purpose-ended': after('عندما نتوقف عن تقديم هذه الطريقة للدخول', 'توقفنا عن تقديم هذه الطريقة للدخول'),
    withdrawal: after('عندما تسحب موافقتك', 'سحب موافقتك'),
    'written-request': after('عندما تطلب منا ذلك', 'طلبك ذلك منا'),
    capture: after('بعد ذلك الدخول', 'ذلك الدخول'),
  },
  destroyed: (clauses) => `نتلف الأرقام في أول هذه الأوقات: ${clauses}.`,
  probesDestroyed: (clause) => `أما أرقام كل تسجيل دخول بمفرده فتُتلف ${clause}، إن لم تُتلف قبل ذلك.`,
  nameDestroyed: (clauses) => `أما الاسم الذي كتبته فيبقى دليلًا على موافقتك، ونتلفه في أول هذه الأوقات: ${clauses}.`,
  separator: '؛ ',
  withWhom: (controller) => `لا أحد غير ${controller}.`,
  sections: ({ controller, contact, howLong, nameKept }) => [
    {
      heading: 'ماذا نطلب منك',
      text: 'هل تسمح لنا بأن نحتفظ بوصف لطريقة رسم توقيعك؟ يمكنك عندئذ تسجيل الدخول برسمه.\n\nإذا وافقت، فأنت توقّع هذه الصفحة بكتابة اسمك. يسمى هذا موافقة مكتوبة.',
    },
    {
      heading: 'ماذا نحفظ',
      text: 'ترسم توقيعك خمس مرات. نستخرج من كل رسم أرقامًا تصف شكله وسرعته، وقوة الضغط إذا كان القلم يقيسها. نحفظ أرقام هذه الرسوم، وأرقام ما ترسمه لاحقًا عند تسجيل الدخول. الأرقام مشفّرة.\n\nلا نحفظ الرسوم نفسها. ولا نعرضها على أحد أبدًا.\n\nنحفظ أيضًا الاسم الذي تكتبه في أسفل هذه الصفحة، وقائمة بما جرى على بياناتك. لا يظهر اسمك في تلك القائمة.',
    },
    {
      heading: 'لماذا',
      text: 'للتأكد من أنك أنت من يسجّل الدخول، ولننتبه إذا أرسل أحد نسخة من رسم سابق. لا نستخدم الأرقام لأي شيء آخر.',
    },
    {
      heading: 'إلى متى',
      text: `${howLong}\n\n${nameKept}\n\nبعد ذلك تبقى قائمة لا تحمل اسمك. تُظهر أنك وافقت وأننا أتلفنا البيانات.`,
    },
    {
      heading: 'من يحصل عليها',
      text: `لا أحد غير ${controller}. لا نبيعها ولا نؤجرها ولا نتاجر بها أبدًا. ولا نستخدمها في الإعلانات أبدًا.`,
    },
    {
      heading: 'القرار لك',
      text: 'يمكنك أن ترفض الآن أو في أي يوم لاحق. تبقى لك طريقتك الأخرى لتسجيل الدخول. الرفض لا يكلفك شيئًا.',
    },
    {
      heading: 'إذا غيّرت رأيك',
      text: 'اذهب إلى الصفحة التي تعرض ما نحفظه عنك، واسحب موافقتك هناك. السحب سهل كالموافقة. نتوقف فورًا عن مقارنة رسومك. وفي الصفحة نفسها يمكنك أن تحصل على إيصالك، وأن ترى ما نحفظه، وأن تطلب إتلافه كله.',
    },
    {
      heading: 'من تسأل',
      text: `اسأل ${controller}: ${contact}\n\nإذا لم يفدك الجواب، يمكنك أن تشتكي إلى الجهة التي تحمي البيانات الشخصية حيث تعيش.`,
    },
  ],
};
