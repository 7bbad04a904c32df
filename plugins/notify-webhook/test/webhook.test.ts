import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { AsignioError, tenantId } from '@asignio/contracts';
import type { OutgoingMessage } from '@asignio/contracts';
import { notifyWebhook } from '@asignio/notify-webhook';
import type { NotifyWebhookOptions } from '@asignio/notify-webhook';
import { temporaryFolder, testCertificate } from '@asignio/testkit';
import { newSecret, Receiver } from './receiver.js';

const MESSAGE: OutgoingMessage = {
  id: 'q0H0mJ3xJ2VbC0dY1mPz7w',
  tenant: tenantId('acme'),
  recipient: 'user-4711',
  template: 'notice-changes',
  language: 'en',
  mandatory: true,
  words: { title: 'Our privacy notice changes', text: 'From 1 May on we keep it for two years.' },
};

/** The refusal of a send, or `undefined`. */
async function refusal(sending: Promise<void>): Promise<AsignioError | undefined> {
  try {
    await sending;
    return undefined;
  } catch (error) {
    if (error instanceof AsignioError) return error;
    throw error;
  }
}

describe('a webhook', () => {
  let receiver: Receiver;

  beforeEach(async () => {
    receiver = await new Receiver().start();
  });

  afterEach(() => receiver.stop());

  async function open(options: Partial<NotifyWebhookOptions> = {}) {
    const plugin = notifyWebhook({ url: receiver.url, secrets: [receiver.secret], ...options });
    await plugin.open();
    return plugin;
  }

  it('is signed so that a library of Standard Webhooks takes it, and one of another secret does not', async () => {
    await (await open()).send(MESSAGE);
    expect(receiver.taken).to.deep.equal([MESSAGE]);
    const other = await open({ secrets: [newSecret()], retries: 0 });
    expect((await refusal(other.send(MESSAGE)))?.code).to.equal('ASIGNIO_NOTIFICATION_UNAVAILABLE');
    expect(receiver.taken).to.have.length(1);
    expect(receiver.refusals).to.have.length(1);
  });

  it('is signed with the new and the old secret while one replaces the other', async () => {
    await (await open({ secrets: [newSecret(), receiver.secret] })).send(MESSAGE);
    expect(receiver.taken).to.have.length(1);
    expect(receiver.received[0]?.headers['webhook-signature']?.split(' ')).to.have.length(2);
  });

  it('carries nothing but the message and its signature', async () => {
    await (await open()).send({ ...MESSAGE, stray: 'x', words: { ...MESSAGE.words, stray: 'x' } } as OutgoingMessage);
    expect(receiver.taken).to.deep.equal([MESSAGE]);
    const { headers } = receiver.received[0] as (typeof receiver.received)[number];
    expect(Object.keys(headers).sort()).to.deep.equal([
      'connection',
      'content-length',
      'content-type',
      'host',
      'webhook-id',
      'webhook-signature',
      'webhook-timestamp',
    ]);
    expect(headers['webhook-id']).to.equal(MESSAGE.id);
  });

  for (const status of [408, 429, 500, 502, 503, 504])
    it(`is posted again after ${status}, under the same id and signed anew, and is then taken`, async () => {
      receiver.answer = (_, count) => (count <= 2 ? status : undefined);
      await (await open()).send(MESSAGE);
      expect(receiver.received).to.have.length(3);
      expect(receiver.taken).to.deep.equal([MESSAGE]);
      expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).to.equal(1);
    });

  it('is posted again after a connection that was cut', async () => {
    receiver.answer = (_, count) => (count === 1 ? 'cut' : undefined);
    await (await open()).send(MESSAGE);
    expect(receiver.taken).to.have.length(1);
  });

  it('is given up when the receiver never answers in time, and says so', async () => {
    receiver.answer = () => 'hang';
    const error = await refusal((await open({ timeoutMs: 20, retries: 1 })).send(MESSAGE));
    expect(error?.code).to.equal('ASIGNIO_NOTIFICATION_UNAVAILABLE');
    expect(error?.message).to.include('did not answer in time');
    expect(receiver.received).to.have.length(2);
  });

  it('is given up when nobody listens', async () => {
    const gone = await new Receiver().start();
    const { url } = gone;
    await gone.stop();
    const error = await refusal((await open({ url, retries: 1 })).send(MESSAGE));
    expect(error?.code).to.equal('ASIGNIO_NOTIFICATION_UNAVAILABLE');
    expect(error?.message).to.not.include(url).and.to.not.include('user-4711');
  });

  for (const status of [400, 413, 422])
    it(`is refused for good by ${status}`, async () => {
      receiver.answer = () => status;
      expect((await refusal((await open()).send(MESSAGE)))?.code).to.equal('ASIGNIO_NOTIFICATION_REFUSED');
      expect(receiver.received).to.have.length(1);
    });

  for (const status of [301, 307, 401, 403, 404, 410])
    it(`is kept for later, and not posted again at once, after ${status}, which somebody must mend`, async () => {
      receiver.answer = () => status;
      expect((await refusal((await open()).send(MESSAGE)))?.code).to.equal('ASIGNIO_NOTIFICATION_UNAVAILABLE');
      expect(receiver.received).to.have.length(1);
    });

  it('waits for no end of an endless answer, and reads little of it', async () => {
    receiver.answer = () => 'endless';
    const plugin = await open();
    await plugin.send(MESSAGE);
    await plugin.close();
    await receiver.stop();
    expect(receiver.poured).to.be.lessThan(16 * 2 ** 20);
    receiver = await new Receiver().start();
  });

  it('ends with the plugin that is closed under it', async () => {
    const plugin = await open({ timeoutMs: 60_000 });
    receiver.answer = () => {
      void plugin.close();
      return 'hang';
    };
    expect((await refusal(plugin.send(MESSAGE)))?.code).to.equal('ASIGNIO_NOTIFICATION_UNAVAILABLE');
  });

  it('R28: crosses the network with TLS, to a server whose certificate is good', async () => {
    const { ca, cert, key } = testCertificate(['127.0.0.1']);
    const folder = temporaryFolder();
    const caFile = join(folder.path, 'ca.pem');
    await writeFile(caFile, ca);
    const secure = await new Receiver(newSecret(), { cert, key }).start();
    const url = secure.url.replace('http:', 'https:');
    try {
      const trusting = await open({ url, secrets: [secure.secret], caFile });
      await trusting.send(MESSAGE);
      expect(secure.taken).to.deep.equal([MESSAGE]);
      await trusting.close();
      const strict = await open({ url, secrets: [secure.secret], retries: 0 });
      expect((await refusal(strict.send(MESSAGE)))?.code).to.equal('ASIGNIO_NOTIFICATION_UNAVAILABLE');
      expect(secure.taken).to.have.length(1);
      const lost = notifyWebhook({ url, secrets: [secure.secret], caFile: `${caFile}.lost` });
      expect((await refusal(lost.open()))?.code).to.equal('ASIGNIO_NOTIFICATION_UNAVAILABLE');
    } finally {
      await secure.stop();
      folder.remove();
    }
  });

  const good = { url: 'https://hooks.example/asignio', secrets: [newSecret()] };
  const wrong: Record<string, [option: string, options: object]> = {
    'no address': ['url', { ...good, url: undefined }],
    'an address without TLS': ['url', { ...good, url: 'http://hooks.example/' }],
    'an address of another scheme': ['url', { ...good, url: 'ftp://127.0.0.1/' }],
    'an address with a password': ['url', { ...good, url: 'https://user:hunter2@hooks.example/' }],
    'an address that is none': ['url', { ...good, url: 'hooks.example' }],
    'no secret': ['secrets', { ...good, secrets: [] }],
    'a short secret': ['secrets', { ...good, secrets: [`whsec_${Buffer.alloc(23).toString('base64')}`] }],
    'a secret of another form': ['secrets', { ...good, secrets: ['hunter2hunter2hunter2hunter2hunter2'] }],
    'a secret twice': ['secrets', { ...good, secrets: [good.secrets[0], good.secrets[0]] }],
    'no time to answer': ['timeoutMs', { ...good, timeoutMs: 0 }],
    'tries without end': ['retries', { ...good, retries: Infinity }],
    'a region that is none': ['region', { ...good, region: 'Europe' }],
    'an option that there is not': ['secret', { ...good, secret: 'x' }],
  };
  for (const [name, [option, options]] of Object.entries(wrong))
    it(`is not made of ${name}`, () => {
      let error: unknown;
      try {
        notifyWebhook(options as NotifyWebhookOptions);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).to.be.instanceOf(AsignioError).with.property('code', 'ASIGNIO_OPTION_INVALID');
      expect((error as Error).message).to.match(new RegExp(`^notifyWebhook: "${option}`));
      expect(`${(error as Error).message} ${JSON.stringify(error)}`).to.not.include('hunter2');
    });
});
