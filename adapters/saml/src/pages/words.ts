import { speaking } from '@asignio/bridge';

/** How the pages say something in a language. `{client}` stands for a value. */
export const sayIn = speaking({
  en: { answerTitle: 'Taking you to {client}' },
  es: { answerTitle: 'Te llevamos a {client}' },
  ar: { answerTitle: 'ننقلك إلى {client}' },
});
