/** What the OpenID provider's own pages say beside what bridges share, in English. `{client}` and the like stand for values. */
export const en = {
  keepsAway: 'It may ask for these while you are away, until you take it back.',
  stay: 'Stay signed in',
  confirmTitle: '{client} asks you to confirm',
  confirmWhy: 'Draw only if this is what you want, and you asked for it.',
  confirmOtherWay: 'Tell {client} that you want another way.',
  confirmRefuse: 'No, I did not ask for this',
  confirmLearns:
    '{client} learns a name for you that nobody else uses, and how and when you drew. It never learns how you draw.',
  confirmedTitle: 'Confirmed',
  confirmedHelp: '{client} is told that you agreed.',
  refusedTitle: 'Refused',
  refusedHelp: '{client} is told that you said no. Nothing happens.',
} as const;

export type Word = keyof typeof en;
