import { notifyWebhook } from '@asignio/notify-webhook';
import { notificationContract } from '@asignio/testkit';
import { Receiver } from './receiver.js';

notificationContract({
  describe,
  it,
  create: async () => {
    const receiver = await new Receiver().start();
    return {
      plugin: notifyWebhook({ url: receiver.url, secrets: [receiver.secret], retries: 0 }),
      arrived: async () => receiver.taken,
      breakDown: async () => {
        receiver.answer = () => 503;
      },
      recover: async () => {
        receiver.answer = () => undefined;
      },
      destroy: () => receiver.stop(),
    };
  },
});
