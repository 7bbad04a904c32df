import type { Word } from './en.ts';

export const ar: Readonly<Record<Word, string>> = {
  keepsAway: 'يجوز له أن يسأل عنها في غيابك إلى أن تسحب موافقتك.',
  stay: 'البقاء',
  confirmTitle: 'يطلب {client} تأكيدك',
  confirmWhy: 'ارسم فقط إذا كان هذا ما تريده وما طلبته.',
  confirmOtherWay: 'أخبر {client} أنك تريد طريقة أخرى.',
  confirmRefuse: 'لا، لم أطلب هذا',
  confirmLearns: 'يعرف {client} اسمًا لك لا يستعمله أحد غيره، وكيف ومتى رسمت. لا يعرف أبدًا كيف ترسم.',
  confirmedTitle: 'تم التأكيد',
  confirmedHelp: 'أُخبر {client} أنك وافقت.',
  refusedTitle: 'تم الرفض',
  refusedHelp: 'أُخبر {client} أنك رفضت. لن يحدث شيء.',
};
