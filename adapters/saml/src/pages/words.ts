import { speaking } from '@asignio/bridge';

/** How the pages say something in a language. `{client}` stands for a value. */
export const sayIn = speaking({
  en: {
    answerTitle: 'Taking you to {client}',
    signOutThere: 'This signs you out here, at the places that asked us who you are, and where you signed in first.',
  },
  es: {
    answerTitle: 'Te llevamos a {client}',
    signOutThere: 'Se cierra aquí, en los sitios que nos preguntaron quién eres y donde entraste primero.',
  },
  ar: {
    answerTitle: 'ننقلك إلى {client}',
    signOutThere: 'تخرج من هنا، ومن المواقع التي سألتنا من أنت، ومن حيث دخلت أولًا.',
  },
});
