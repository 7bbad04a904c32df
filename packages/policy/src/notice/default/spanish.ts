import type { Length, Words } from './words.ts';

const UNITS = { year: ['año', 'años'], month: ['mes', 'meses'], day: ['día', 'días'] } as const;

const length = ({ count, unit }: Length) => `${count} ${UNITS[unit][count === 1 ? 0 : 1]}`;
const after = (atOnce: string, later: string) => (period: Length) =>
  period.count === 0 ? `de inmediato ${atOnce}` : `${length(period)} después de ${later}`;

export const SPANISH: Words = {
  language: 'es',
  title: 'Iniciar sesión con su firma',
  what: 'Cómo dibuja su firma: su forma, su velocidad y, si el lápiz lo indica, con qué fuerza aprieta.',
  why: 'Para comprobar que es usted quien inicia sesión.',
  retention: {
    'last-interaction': after('tras su última visita', 'la última vez que inició sesión o cambió algo aquí'),
    enrolment: after('tras configurar su firma aquí', 'configurar su firma aquí'),
    'purpose-ended': after(
      'cuando dejamos de ofrecer esta forma de entrar',
      'que dejamos de ofrecer esta forma de entrar',
    ),
    withdrawal: after('cuando retira su consentimiento', 'retirar su consentimiento'),
    'written-request': after('cuando nos lo pide', 'que nos lo pide'),
    capture: after('tras ese inicio de sesión', 'ese inicio de sesión'),
  },
  destroyed: (clauses) => `Destruimos los números en el primero de estos momentos: ${clauses}.`,
  probesDestroyed: (clause) => `Los números de un solo inicio de sesión se destruyen ${clause}, si no antes.`,
  nameDestroyed: (clauses) =>
    `El nombre que escribió queda como prueba de su sí. Lo destruimos en el primero de estos momentos: ${clauses}.`,
  separator: '; ',
  withWhom: (controller) => `Con nadie más que ${controller}.`,
  face: {
    what: 'Cómo es su cara, en números que un ordenador saca de imágenes de ella.',
    why: 'Para comprobar que es usted quien inicia sesión con su cara, o con su firma y su cara a la vez.',
    section: {
      heading: 'Si además entra con su cara',
      text: 'Puede aceptar esto, o no, aparte de lo demás. Usted mira a la cámara y hace cuatro cosas pequeñas, como girar la cabeza. De las mejores imágenes sacamos números que describen su cara, y de las otras vemos que hay una persona y no una foto. Guardamos los números, cifrados. No guardamos las imágenes, ni buscamos en ellas a nadie más.',
    },
    changed: 'Se puede aceptar iniciar sesión con la cara, aparte de lo demás.',
  },
  sections: ({ controller, contact, howLong, nameKept }) => [
    {
      heading: 'Qué le pedimos',
      text: '¿Podemos guardar una descripción de cómo dibuja su firma? Así podrá iniciar sesión dibujándola.\n\nSi está de acuerdo, firma esta página escribiendo su nombre. Eso se llama autorización por escrito.',
    },
    {
      heading: 'Qué guardamos',
      text: 'Usted dibuja su firma cinco veces. De cada dibujo sacamos números. Describen su forma, su velocidad y, si el lápiz lo indica, con qué fuerza aprieta. Guardamos los números de estos dibujos y de los que haga después al iniciar sesión. Están cifrados.\n\nNo guardamos los dibujos. Nunca se los mostramos a nadie.\n\nTambién guardamos el nombre que escribe al pie de esta página y una lista de lo que se hizo con sus datos. En esa lista no está su nombre.',
    },
    {
      heading: 'Para qué',
      text: 'Para comprobar que es usted quien inicia sesión y para notar si alguien envía una copia de un dibujo anterior. No usamos los números para nada más.',
    },
    {
      heading: 'Cuánto tiempo',
      text: `${howLong}\n\n${nameKept}\n\nDespués queda una lista sin su nombre. Muestra que usted aceptó y que destruimos los datos.`,
    },
    {
      heading: 'Quién los recibe',
      text: `Nadie más que ${controller}. Nunca los vendemos, alquilamos ni intercambiamos. Nunca los usamos para publicidad.`,
    },
    {
      heading: 'Usted decide',
      text: 'Puede decir que no, ahora o cualquier otro día. Conserva su otra forma de iniciar sesión. Decir que no no le cuesta nada.',
    },
    {
      heading: 'Si cambia de opinión',
      text: 'Vaya a la página que muestra lo que guardamos sobre usted y retire allí su consentimiento. Es tan fácil como decir que sí. Dejamos de comparar sus dibujos de inmediato. En la misma página puede obtener su recibo, ver lo que guardamos y hacer que se destruya todo.',
    },
    {
      heading: 'A quién preguntar',
      text: `Pregunte a ${controller}: ${contact}\n\nSi la respuesta no le ayuda, puede reclamar ante la autoridad que protege los datos personales donde usted vive.`,
    },
  ],
};
