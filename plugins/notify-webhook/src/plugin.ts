import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { AsignioError, checkOutgoingMessage } from '@asignio/contracts';
import type { NotificationPlugin, OutgoingMessage, PluginMetadata } from '@asignio/contracts';
import { parseOptions } from './options.ts';
import type { NotifyWebhookOptions, ParsedOptions } from './options.ts';
import { post, Unanswered } from './post.ts';
import { signedHeaders } from './signature.ts';

const MAX_SOCKETS = 16;
/** The first pause before a message is posted again is up to so long, ms; each one after it up to twice as long. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5000;
/** The message itself is at fault: it will not be taken later either. */
const NEVER = new Set([400, 413, 422]);
/** A passing trouble of the receiver. Any other refusal (401, 404, 410, a redirection) lasts until somebody mends it. */
const isPassing = (status: number) => [408, 425, 429].includes(status) || status >= 500;

/** See {@link notifyWebhook}. */
export class WebhookNotification implements NotificationPlugin {
  readonly metadata: PluginMetadata;
  private readonly options: ParsedOptions;
  private agent: http.Agent | undefined;

  constructor(options: NotifyWebhookOptions) {
    this.options = parseOptions(options);
    const { region, agreement } = this.options;
    this.metadata = {
      name: '@asignio/notify-webhook',
      version: '0.1.0',
      kind: 'notification',
      capabilities: [],
      data: ['ids of persons, as the host knows them', 'words of messages to them'],
      region,
      ...(agreement === undefined ? {} : { agreement }),
    };
  }

  /** @throws AsignioError `ASIGNIO_NOTIFICATION_UNAVAILABLE` where the file of certificates cannot be read. */
  async open(): Promise<void> {
    if (this.agent !== undefined) return;
    const { url, caFile } = this.options;
    const settings = { keepAlive: true, maxSockets: MAX_SOCKETS };
    this.agent = url.startsWith('https:')
      ? new https.Agent({ ...settings, minVersion: 'TLSv1.2', ...(caFile === undefined ? {} : { ca: readCa(caFile) }) })
      : new http.Agent(settings);
  }

  async close(): Promise<void> {
    this.agent?.destroy();
    this.agent = undefined;
  }

  async send(message: OutgoingMessage): Promise<void> {
    checkOutgoingMessage(message);
    const { id, tenant, recipient, template, language, mandatory, words } = message;
    const data = {
      id,
      tenant,
      recipient,
      template,
      language,
      mandatory,
      words: { title: words.title, text: words.text },
    };
    for (let attempt = 0; ; attempt++) {
      if (attempt > 0) await delay(Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1)));
      const trouble = await this.attempt(id, data);
      if (trouble === undefined) return;
      if (!trouble.passing || attempt >= this.options.retries) throw unavailable(trouble.reason);
    }
  }

  /** @returns what stood in the way; `undefined` when the message was taken. */
  private async attempt(
    id: string,
    data: OutgoingMessage,
  ): Promise<{ readonly reason: string; readonly passing: boolean } | undefined> {
    const { url, keys, timeoutMs } = this.options;
    const { agent } = this;
    if (agent === undefined) throw unavailable('the plugin is not open');
    // Signed anew each time: a receiver takes no signature that is older than some minutes.
    const at = Date.now();
    const body = JSON.stringify({ type: 'asignio.message', timestamp: new Date(at).toISOString(), data });
    let status: number;
    try {
      status = await post({ url, agent, headers: signedHeaders(keys, { id, at, body }), body, timeoutMs });
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      return { reason: error.message, passing: true };
    }
    if (status >= 200 && status < 300) return undefined;
    if (NEVER.has(status))
      throw new AsignioError('ASIGNIO_NOTIFICATION_REFUSED', `The receiver does not take the message: ${status}`);
    return { reason: `the receiver answered ${status}`, passing: isPassing(status) };
  }
}

function unavailable(reason: string): AsignioError {
  return new AsignioError('ASIGNIO_NOTIFICATION_UNAVAILABLE', `The message was not taken: ${reason}`);
}

function readCa(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    throw unavailable('the file of certificates cannot be read');
  }
}
