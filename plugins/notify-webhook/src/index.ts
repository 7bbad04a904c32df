import type { NotifyWebhookOptions } from './options.ts';
import { WebhookNotification } from './plugin.ts';

export type { NotifyWebhookOptions } from './options.ts';
export type { WebhookNotification } from './plugin.ts';

/**
 * A notification plugin that posts each message, signed, to an address of the host's own: what listens there knows where
 * to reach people, and sends the mail, the push or the letter. The form is that of Standard Webhooks
 * (https://github.com/standard-webhooks/standard-webhooks), for which most languages have a library:
 *
 * ```json
 * { "type": "asignio.message", "timestamp": "2026-05-01T12:00:00.000Z",
 *   "data": { "id": "...", "tenant": "acme", "recipient": "user-4711", "template": "notice-changes", "language": "en",
 *             "mandatory": true, "words": { "title": "...", "text": "..." } } }
 * ```
 *
 * The header `webhook-id` is the message's id, the same each time it comes again: who has seen it answers 2xx and does
 * nothing. Answers of 400, 413 and 422 mean that the message will never be taken; all others but 2xx, that it will later.
 *
 * Errors: `ASIGNIO_NOTIFICATION_UNAVAILABLE`, `ASIGNIO_NOTIFICATION_REFUSED`.
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the option.
 * @example
 * ```ts
 * const notification = notifyWebhook({
 *   url: 'https://hooks.acme.example/asignio',
 *   secrets: [process.env.ASIGNIO_WEBHOOK_SECRET ?? ''],
 * });
 * await notification.open();
 * await notification.send(message);
 * ```
 */
export function notifyWebhook(options: NotifyWebhookOptions): WebhookNotification {
  return new WebhookNotification(options);
}
