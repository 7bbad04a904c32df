import assert from 'node:assert/strict';
import { AsignioError, MESSAGE_LIMITS, tenantId } from '@asignio/contracts';
import type { NotificationPlugin, OutgoingMessage } from '@asignio/contracts';
import { pluginContract } from './plugin-contract.ts';
import { refuses } from './runner.ts';
import type { TestRunner } from './runner.ts';

/** A plugin, and what is at the other end of it. */
export interface NotificationWorld {
  readonly plugin: NotificationPlugin;
  /** What has arrived since the world was made, in the order of arrival. */
  readonly arrived: () => Promise<readonly OutgoingMessage[]>;
  /** Makes the other end unreachable, or answer that it cannot now. Without it, that is not tested. */
  readonly breakDown?: () => Promise<void>;
  /** And well again. */
  readonly recover?: () => Promise<void>;
  readonly destroy?: () => Promise<void>;
}

/** What {@link notificationContract} is given. */
export interface NotificationContractOptions extends TestRunner {
  /** Makes a plugin, not opened, with another end of its own. */
  readonly create: () => Promise<NotificationWorld>;
}

const MESSAGE: OutgoingMessage = {
  id: 'c29tZXRoaW5nIHJhbmRvbQ',
  tenant: tenantId('acme'),
  recipient: 'user-4711',
  template: 'notice-changes',
  language: 'en',
  mandatory: true,
  words: {
    title: 'Our privacy notice changes',
    text: 'From 1 May on we keep it for two years.\n\nNothing else changes.',
  },
};
const CANARIES = ['canary-recipient', 'canary-title', 'canary-text'] as const;

/**
 * The suite that every notification plugin passes.
 * @example
 * ```ts
 * notificationContract({
 *   describe, it,
 *   create: async () => {
 *     const server = await startMailServer();
 *     return { plugin: notifySmtp({ port: server.port }), arrived: () => server.messages(), destroy: () => server.stop() };
 *   },
 * });
 * ```
 */
export function notificationContract({ describe, it, create }: NotificationContractOptions): void {
  const scenario = (title: string, body: (world: NotificationWorld) => Promise<void>): void => {
    it(title, async () => {
      const world = await create();
      try {
        await world.plugin.open();
        await body(world);
      } finally {
        await world.plugin.close();
        await world.destroy?.();
      }
    });
  };

  describe('notification plugin contract', () => {
    pluginContract({
      describe,
      it,
      kind: 'notification',
      create: async () => {
        const { plugin, destroy } = await create();
        await destroy?.();
        return plugin;
      },
    });

    scenario('delivers a message as it is, to the last field', async ({ plugin, arrived }) => {
      await plugin.send(MESSAGE);
      assert.deepEqual(await arrived(), [MESSAGE]);
    });

    scenario('R35: tells what is mandatory from what is not', async ({ plugin, arrived }) => {
      await plugin.send(MESSAGE);
      await plugin.send({ ...MESSAGE, id: 'another', mandatory: false });
      assert.deepEqual(
        (await arrived()).map(({ mandatory }) => mandatory),
        [true, false],
      );
    });

    scenario(
      'delivers every script, both directions, and the longest text there may be',
      async ({ plugin, arrived }) => {
        const words = [
          { title: 'يتغير إشعار الخصوصية', text: 'اعتبارًا من ١ مايو.\n\nلا شيء غير ذلك.' },
          {
            title: '¿Qué cambia? "comillas" & <etiquetas>',
            text: 'Línea\tcon tabulador\nCRLF no, LF sí\n.\n..\nFrom: nadie',
          },
          { title: '👩‍🔬 李明', text: '𝒲'.repeat(MESSAGE_LIMITS.text / 2) },
          { title: 'x'.repeat(MESSAGE_LIMITS.title), text: '%s {{name}} ${name} \\n $& %0A' },
        ];
        for (const [n, item] of words.entries())
          await plugin.send({ ...MESSAGE, id: `m${n}`, recipient: `Ünïcode ${n} <a@b>`, words: item });
        assert.deepEqual(
          (await arrived()).map((message) => message.words),
          words,
        );
        assert.equal((await arrived())[0]?.recipient, 'Ünïcode 0 <a@b>');
      },
    );

    scenario('delivers many at once, each once', async ({ plugin, arrived }) => {
      const ids = Array.from({ length: 30 }, (_, n) => `many-${n}`);
      await Promise.all(ids.map((id) => plugin.send({ ...MESSAGE, id })));
      assert.deepEqual((await arrived()).map(({ id }) => id).sort(), [...ids].sort());
    });

    scenario('hands the same message over under the same id', async ({ plugin, arrived }) => {
      await plugin.send(MESSAGE);
      await plugin.send(MESSAGE);
      assert.deepEqual([...new Set((await arrived()).map(({ id }) => id))], [MESSAGE.id]);
    });

    scenario('leaves the message of its caller as it is', async ({ plugin }) => {
      const given = structuredClone(MESSAGE);
      await plugin.send(given);
      assert.deepEqual(given, MESSAGE);
    });

    scenario('refuses what is no message, and delivers nothing of it', async ({ plugin, arrived }) => {
      const wrong: readonly object[] = [
        { id: '' },
        { id: 'a.b' },
        { id: 'x'.repeat(MESSAGE_LIMITS.id + 1) },
        { tenant: '../acme' },
        { recipient: '' },
        { recipient: 'ada\r\nBcc: everybody' },
        { recipient: 'x'.repeat(MESSAGE_LIMITS.recipient + 1) },
        { template: 'Not A Name' },
        { language: 'en\r\n' },
        { mandatory: 'yes' },
        { words: undefined },
        { words: { title: 'two\nlines', text: 'x' } },
        { words: { title: '\ud800', text: 'x' } },
        { words: { title: 'x', text: '' } },
        { words: { title: 'x', text: 'nul\0' } },
        { words: { title: 'x', text: 'x'.repeat(MESSAGE_LIMITS.text + 1) } },
      ];
      for (const change of wrong)
        await refuses('ASIGNIO_NOTIFICATION_REFUSED', () => plugin.send({ ...MESSAGE, ...change }));
      for (const none of [undefined, null, 'message', 7])
        await refuses('ASIGNIO_NOTIFICATION_REFUSED', () => plugin.send(none as unknown as OutgoingMessage));
      assert.deepEqual(await arrived(), []);
    });

    scenario('sends nothing while closed, and opens and closes as often as it is told', async ({ plugin, arrived }) => {
      await plugin.open();
      await plugin.close();
      await plugin.close();
      await refuses('ASIGNIO_NOTIFICATION_UNAVAILABLE', () => plugin.send(MESSAGE));
      assert.deepEqual(await arrived(), []);
      await plugin.open();
      await plugin.send(MESSAGE);
      assert.equal((await arrived()).length, 1);
    });

    it('says that it cannot deliver now, without a word of the message, and delivers once it can', async () => {
      const world = await create();
      try {
        if (world.breakDown === undefined) return;
        await world.plugin.open();
        await world.breakDown();
        const [recipient, title, text] = CANARIES;
        const error: unknown = await world.plugin
          .send({ ...MESSAGE, recipient, words: { title, text } })
          .then(() => undefined)
          .catch((reason: unknown) => reason);
        assert.ok(error instanceof AsignioError, `an AsignioError, not ${String(error)}`);
        assert.equal(error.code, 'ASIGNIO_NOTIFICATION_UNAVAILABLE');
        const told = `${error.message} ${String(error.cause)}`;
        for (const canary of CANARIES) assert.equal(told.includes(canary), false, canary);
        await world.recover?.();
        await world.plugin.send(MESSAGE);
        assert.equal((await world.arrived()).at(-1)?.id, MESSAGE.id);
      } finally {
        await world.plugin.close();
        await world.destroy?.();
      }
    });
  });
}
