import { expect } from 'chai';
import * as fc from 'fast-check';
import { DEFAULT_TEMPLATES, lintTemplate, lintText } from '@asignio/policy';
import type { LintRule, MessageTemplate } from '@asignio/policy';

const rules = (text: string): readonly LintRule[] => lintText(text).map(({ rule }) => rule);

/** What asks for data: in each language, polite and blunt, hidden and plain. */
const ASKING: Readonly<Record<string, readonly string[]>> = {
  English: [
    'Please confirm your date of birth.',
    'Enter your password to go on.',
    'Reply with your full name and address.',
    'To keep your account, reply to this message.',
    'We need a copy of your passport.',
    'What is your phone number?',
    'You must verify your card number today.',
    'Open the page and enter your password.',
    'Click here, then type your PIN.',
    'Send us a photo of your identity card.',
    'Could you tell us your social security number?',
    'Provide the document number of your passport',
    'Fill in your bank account',
    'Call us and have your account number ready.',
    'For your safety, confirm your e-mail address.',
    'If it was not you, send your passcode.',
    'Update your home address now.',
    'Your one-time code is needed.',
    'Kindly share your IBAN.',
    'Just enter the security code.',
    'By giving your credit card you keep the service.',
    'Your answer with your birthday goes to us: write back with it.',
    'PLEASE CONFIRM YOUR PASSWORD',
    'Date of birth:',
    'Do not reply to this message.',
    'Take a selfie and upload the picture.',
    'Let us know where you live.',
    'We are missing your telephone number.',
    'We will only ask you for your full name.',
    'Confirm\u00ad your pass\u200bword.',
    'Ｃｏｎｆｉｒｍ your password',
    'Cónfirm your pässword',
  ],
  Spanish: [
    'Por favor, confirme su fecha de nacimiento.',
    'Introduzca su contraseña para seguir.',
    'Responda con su nombre completo.',
    'Responda a este mensaje.',
    'Necesitamos una copia de su pasaporte.',
    '¿Cuál es su número de teléfono?',
    'Debe verificar el número de su tarjeta.',
    'Abra la página y escriba su clave.',
    'Envíenos una foto de su DNI.',
    'Facilite su cuenta bancaria.',
    'Para continuar, indique su dirección.',
    'Si no fue usted, envíe el código.',
    'Ingresa tu contraseña',
    'Dinos tu correo electrónico.',
    'Le pedimos sus datos de nuevo.',
    'Fecha de nacimiento:',
    'Es necesario su número de documento.',
  ],
  Arabic: [
    'يرجى تأكيد تاريخ ميلادك.',
    'أدخل كلمة المرور للمتابعة.',
    'رد على هذه الرسالة.',
    'ردّ على هذه الرسالة باسمك الكامل.',
    'نحتاج إلى نسخة من جواز سفرك.',
    'ما هو رقم هاتفك؟',
    'يجب عليك تأكيد رقم بطاقتك.',
    'افتح الصفحة واكتب كلمة السر.',
    'أرسل لنا صورة هويتك.',
    'الرجاء إدخال الرقم السري',
    'أَدْخِلْ رَقْمَ هاتِفِك',
    'زوّدنا ببيانات حسابك',
    'للمتابعة، أدخل عنوانك.',
    'تاريخ الميلاد:',
  ],
};

const FORMS: readonly string[] = [
  '<form action="https://acme.example"><input name="x"></form>',
  '< INPUT type=text>',
  '<a href="https://acme.example">here</a>',
  '<textarea>',
  'Name: ________',
  'Yours: ......',
  '☐ yes ☐ no',
  '[ ] I agree',
  '<div contenteditable="true">',
];

const LINKS: readonly string[] = [
  'http://acme.example/notice',
  'https://acme.example/notice?email=ada',
  'https://acme.example/notice#form',
  'https://user@acme.example/',
  'https://acme.example:8443/',
  'https://acme.example/forms/update',
  'https://forms.gle/abc',
  'https://docs.google.com/forms/d/1',
  'https://acme.example/%66orm/x',
  'https://acme.typeform.com/to/x',
  'https://acme.example/encuesta',
  'mailto:privacy@acme.example',
  'tel:+123456',
  'sms:+123456',
  'javascript:alert(1)',
  'data:text/html,x',
  'ftp://acme.example/',
  'www.acme.example',
  '[read](https://acme.example)',
];

/** What only tells. */
const TELLING: readonly string[] = [
  'Our privacy notice changes on 1 May.',
  'We now keep your e-mail address for two years.',
  'We no longer share your phone number with anybody.',
  'We have destroyed the numbers that describe your signature.',
  'Somebody signed in to your account on 3 March.',
  'Your password was changed.',
  'You find the new notice at https://acme.example/privacy/2026.',
  'Nobody reads answers to this message.',
  'The name that you typed stays as proof of your yes.',
  'We never ask for your password in a message.',
  'You can take your consent back on the page that shows what we keep about you.',
  'Ask Acme: privacy@acme.example',
  'Ahora guardamos su correo electrónico durante dos años.',
  'Ya no compartimos su número de teléfono con nadie.',
  'Alguien inició sesión en su cuenta el 3 de marzo.',
  'El aviso nuevo está en https://acme.example/privacidad.',
  'نحفظ الآن بريدك الإلكتروني مدة سنتين.',
  'لم نعد نشارك رقم هاتفك مع أحد.',
  'تغيّر إشعار الخصوصية.',
];

describe('the lint of outgoing messages', () => {
  for (const [language, texts] of Object.entries(ASKING))
    for (const text of texts)
      it(`R40: refuses, in ${language}: ${text.replaceAll(/[\p{Cf}]/gu, '·')}`, () => {
        expect(rules(text)).to.not.deep.equal([]);
      });

  for (const text of FORMS)
    it(`R40: refuses a form: ${text}`, () => {
      expect(rules(text)).to.include('form');
    });

  for (const text of LINKS)
    it(`R40: refuses a link that takes or carries something: ${text}`, () => {
      expect(rules(`See ${text} for more.`)).to.include('link');
      expect(rules(text)).to.include('link');
    });

  for (const text of TELLING)
    it(`lets pass what only tells: ${text}`, () => {
      expect(lintText(text)).to.deep.equal([]);
    });

  it('R40: every template that is shipped passes in every language, and each is in English, Spanish and Arabic', () => {
    for (const template of DEFAULT_TEMPLATES) {
      expect(lintTemplate(template), template.name).to.deep.equal([]);
      expect(Object.keys(template.languages)).to.deep.equal(['en', 'es', 'ar']);
    }
  });

  it('R40: one sentence among many, or in one language among many, is found and shown', () => {
    const [template] = DEFAULT_TEMPLATES as [MessageTemplate];
    const { ar } = template.languages as Record<'ar', { title: string; text: string }>;
    const bad = {
      ...template,
      languages: { ...template.languages, ar: { ...ar, text: `${ar.text}\n\nأرسل لنا صورة جوازك.` } },
    };
    const [finding] = lintTemplate(bad);
    expect(finding).to.include({ rule: 'asks', language: 'ar' });
    expect(finding?.excerpt).to.include('صوره');
  });

  it('R40: finds a request wherever it stands in a text', () => {
    const line = fc.constantFrom(...TELLING);
    const request = fc.constantFrom(...Object.values(ASKING).flat());
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), request, fc.array(line, { maxLength: 6 }), (before, ask, after) => {
        expect(rules([...before, ask, ...after].join('\n\n'))).to.not.deep.equal([]);
      }),
    );
  });

  it('reads any text in time, however it is made', () => {
    for (const text of [
      'to '.repeat(3000),
      'if a, '.repeat(1500),
      'and enter '.repeat(1000),
      'يرجى '.repeat(2000),
      `${'للمتابعة '.repeat(1000)}،`,
      '<'.repeat(10_000),
      '['.repeat(10_000),
      'https://'.repeat(1200),
      `open ${'x '.repeat(4000)}password`,
    ])
      lintText(text);
    fc.assert(
      fc.property(fc.string({ maxLength: 2000 }), (text) =>
        lintText(text).every(({ excerpt }) => excerpt.length <= 80),
      ),
    );
  });
});
