import type { Word } from './en.ts';

export const es: Readonly<Record<Word, string>> = {
  keepsAway: 'Puede preguntarlo mientras no estás, hasta que lo retires.',
  stay: 'Seguir dentro',
  confirmTitle: '{client} te pide que confirmes',
  confirmWhy: 'Dibuja solo si es lo que quieres y lo has pedido.',
  confirmOtherWay: 'Dile a {client} que quieres otro modo.',
  confirmRefuse: 'No, yo no he pedido esto',
  confirmLearns:
    '{client} sabrá un nombre para ti que nadie más usa, y cómo y cuándo has dibujado. Nunca sabrá cómo dibujas.',
  confirmedTitle: 'Confirmado',
  confirmedHelp: '{client} sabe que has aceptado.',
  refusedTitle: 'Rechazado',
  refusedHelp: '{client} sabe que has dicho que no. No pasa nada.',
};
