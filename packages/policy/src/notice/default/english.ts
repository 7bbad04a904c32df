import type { Length, Words } from './words.ts';

const UNITS = { year: ['year', 'years'], month: ['month', 'months'], day: ['day', 'days'] } as const;

const length = ({ count, unit }: Length) => `${count} ${UNITS[unit][count === 1 ? 0 : 1]}`;
const after = (event: string) => (period: Length) =>
  period.count === 0 ? `at once when ${event}` : `${length(period)} after ${event}`;

export const ENGLISH: Words = {
  language: 'en',
  title: 'Signing in with your signature',
  what: 'How you draw your signature: its shape, its speed and, where the pen tells, how hard you press.',
  why: 'To check that it is you when you sign in.',
  retention: {
    'last-interaction': after('you last signed in or changed anything here'),
    enrolment: after('you set up your signature here'),
    'purpose-ended': after('we stop offering this way to sign in'),
    withdrawal: after('you take your consent back'),
    'written-request': after('you ask us to'),
    capture: after('that sign-in'),
  },
  destroyed: (clauses) => `We destroy the numbers at the first of these times: ${clauses}.`,
  probesDestroyed: (clause) => `The numbers from a single sign-in are destroyed ${clause}, if not before.`,
  nameDestroyed: (clauses) =>
    `The name that you typed stays as proof of your yes. We destroy it at the first of these times: ${clauses}.`,
  separator: '; ',
  withWhom: (controller) => `Nobody but ${controller}.`,
  face: {
    what: 'What your face looks like, in numbers that a computer works out from pictures of it.',
    why: 'To check that it is you when you sign in with your face, or with your signature and your face together.',
    section: {
      heading: 'If you also sign in with your face',
      text: 'You can agree to this, or not, apart from the rest. You look into the camera and do four small things, such as turning your head. From the best pictures we work out numbers that describe your face, and from the others that there is a living person and not a picture of one. We keep the numbers, encrypted. We do not keep the pictures, and we look for nobody else in them.',
    },
    changed: 'Signing in with your face can be agreed to, apart from the rest.',
  },
  sections: ({ controller, contact, howLong, nameKept }) => [
    {
      heading: 'What we ask',
      text: 'May we keep a description of how you draw your signature? You could then sign in by drawing it.\n\nIf you agree, you sign this page by typing your name. That is called a written release.',
    },
    {
      heading: 'What we keep',
      text: 'You draw your signature five times. From each drawing we work out numbers. They describe its shape, its speed and, where the pen tells, how hard you press. We keep the numbers of these drawings, and of later ones when you sign in. They are encrypted.\n\nWe do not keep the drawings. We never show them to anybody.\n\nWe also keep the name that you type under this page, and a list of what was done with your data. That list does not hold your name.',
    },
    {
      heading: 'Why',
      text: 'To check that it is you when you sign in, and to notice when somebody sends a copy of an earlier drawing. We use the numbers for nothing else.',
    },
    {
      heading: 'How long',
      text: `${howLong}\n\n${nameKept}\n\nAfter that a list without your name stays. It shows that you agreed and that we destroyed the data.`,
    },
    {
      heading: 'Who gets it',
      text: `Nobody but ${controller}. We never sell it, lease it or trade it. We never use it for advertising.`,
    },
    {
      heading: 'Your choice',
      text: 'You can say no, now or on any later day. You keep your other way to sign in. Saying no costs you nothing.',
    },
    {
      heading: 'If you change your mind',
      text: 'Go to the page that shows what we keep about you, and take your consent back there. It is as easy as saying yes. We stop comparing your drawings at once. On the same page you can get your receipt, see what we keep, and have all of it destroyed.',
    },
    {
      heading: 'Who to ask',
      text: `Ask ${controller}: ${contact}\n\nIf the answer does not help you, you can complain to the office that protects personal data where you live.`,
    },
  ],
};
