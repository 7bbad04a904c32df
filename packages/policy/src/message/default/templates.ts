import { deepFreeze } from '../../checks.ts';
import type { MessageTemplate } from '../template.ts';

/** Names of the templates that the system itself sends. */
export const NOTICE_TEMPLATES = { material: 'notice-material', minor: 'notice-minor' } as const;

const VALUES = ['date', 'controller', 'changes', 'contact'] as const;

/** R33, R35, R40: what the system says to people by itself, in English, Spanish and Arabic. All of it is mandatory. */
export const DEFAULT_TEMPLATES: readonly MessageTemplate[] = deepFreeze([
  {
    name: NOTICE_TEMPLATES.material,
    class: 'mandatory',
    values: VALUES,
    languages: {
      en: {
        title: 'Our privacy notice changes on {date}',
        text: '{controller} changes the notice that you agreed to.\n\nWhat is new: {changes}\n\nThis change needs your yes. From {date} on we compare nothing of yours until you have agreed to the new notice. You find it on the page that shows what we keep about you. Your other way to sign in stays. Saying no costs you nothing.\n\nFor questions we are here: {contact}\n\nThe law has us tell you this, so messages like this one cannot be switched off. Nobody reads answers to it.',
      },
      es: {
        title: 'Nuestro aviso de privacidad cambia el {date}',
        text: '{controller} cambia el aviso que usted aceptó.\n\nQué hay de nuevo: {changes}\n\nEste cambio necesita su sí. Desde el {date} no comparamos nada suyo hasta que haya aceptado el nuevo aviso. Lo encuentra en la página que muestra lo que guardamos sobre usted. Su otra forma de iniciar sesión sigue ahí. Decir que no no le cuesta nada.\n\nPara preguntas estamos aquí: {contact}\n\nLa ley nos manda decírselo, así que los mensajes como este no se pueden desactivar. Nadie lee las respuestas.',
      },
      ar: {
        title: 'يتغير إشعار الخصوصية لدينا في {date}',
        text: 'تغيّر {controller} الإشعار الذي وافقت عليه.\n\nالجديد: {changes}\n\nهذا التغيير يحتاج إلى موافقتك. ابتداءً من {date} لا نقارن شيئًا يخصك حتى توافق على الإشعار الجديد. تجده في الصفحة التي تعرض ما نحفظه عنك. وتبقى لك طريقتك الأخرى لتسجيل الدخول. والرفض لا يكلفك شيئًا.\n\nللأسئلة نحن هنا: {contact}\n\nالقانون يلزمنا بإبلاغك بهذا، ولذلك لا يمكن إيقاف رسائل كهذه. لا أحد يقرأ ما يصل جوابًا عنها.',
      },
    },
  },
  {
    name: NOTICE_TEMPLATES.minor,
    class: 'mandatory',
    values: VALUES,
    languages: {
      en: {
        title: 'Our privacy notice gets a new wording on {date}',
        text: '{controller} changes the notice that you agreed to.\n\nWhat is new: {changes}\n\nYour yes stays as it is, and there is nothing for you to do. The new notice is in force from {date} on. You find it on the page that shows what we keep about you, where you can also take your consent back.\n\nFor questions we are here: {contact}\n\nThe law has us tell you this, so messages like this one cannot be switched off. Nobody reads answers to it.',
      },
      es: {
        title: 'Nuestro aviso de privacidad se redacta de nuevo el {date}',
        text: '{controller} cambia el aviso que usted aceptó.\n\nQué hay de nuevo: {changes}\n\nSu sí queda como está y usted no tiene nada que hacer. El nuevo aviso vale desde el {date}. Lo encuentra en la página que muestra lo que guardamos sobre usted, donde también puede retirar su consentimiento.\n\nPara preguntas estamos aquí: {contact}\n\nLa ley nos manda decírselo, así que los mensajes como este no se pueden desactivar. Nadie lee las respuestas.',
      },
      ar: {
        title: 'صياغة جديدة لإشعار الخصوصية لدينا في {date}',
        text: 'تغيّر {controller} الإشعار الذي وافقت عليه.\n\nالجديد: {changes}\n\nتبقى موافقتك كما هي، وليس هناك ما تحتاج إلى فعله. يسري الإشعار الجديد ابتداءً من {date}. تجده في الصفحة التي تعرض ما نحفظه عنك، ويمكنك هناك أيضًا أن تسحب موافقتك.\n\nللأسئلة نحن هنا: {contact}\n\nالقانون يلزمنا بإبلاغك بهذا، ولذلك لا يمكن إيقاف رسائل كهذه. لا أحد يقرأ ما يصل جوابًا عنها.',
      },
    },
  },
]);
