import { expect } from 'chai';
import { AsignioError, checkOutgoingMessage } from '@asignio/contracts';
import type { NotificationPlugin, OutgoingMessage } from '@asignio/contracts';
import { notificationContract } from '@asignio/testkit';

/** A plugin in memory that keeps the contract, for tests to break. */
class Pigeon implements NotificationPlugin {
  readonly metadata = {
    name: '@somebody/notify-pigeon',
    version: '1.0.0',
    kind: 'notification',
    capabilities: [],
    data: ['words of messages'],
    region: 'local',
  } as const;
  readonly arrived: OutgoingMessage[] = [];
  isOpen = false;
  isIll = false;

  async open(): Promise<void> {
    this.isOpen = true;
  }

  async close(): Promise<void> {
    this.isOpen = false;
  }

  async send(message: OutgoingMessage): Promise<void> {
    this.check(message);
    if (!this.isOpen || this.isIll) throw new AsignioError('ASIGNIO_NOTIFICATION_UNAVAILABLE');
    this.deliver(structuredClone(message));
  }

  protected check(message: OutgoingMessage): void {
    checkOutgoingMessage(message);
  }

  protected deliver(message: OutgoingMessage): void {
    this.arrived.push(message);
  }
}

/** Titles of the suite's tests that a plugin fails. */
async function faults(make: () => Pigeon): Promise<readonly string[]> {
  const tests: { title: string; body: () => Promise<void> }[] = [];
  notificationContract({
    describe: (_, body) => body(),
    it: (title, body) => tests.push({ title, body }),
    create: async () => {
      const plugin = make();
      return {
        plugin,
        arrived: async () => plugin.arrived,
        breakDown: async () => {
          plugin.isIll = true;
        },
        recover: async () => {
          plugin.isIll = false;
        },
      };
    },
  });
  const outcomes = await Promise.allSettled(tests.map(async ({ body }) => body()));
  return tests.filter((_, n) => outcomes[n]?.status === 'rejected').map(({ title }) => title);
}

describe('the notification contract suite', () => {
  it('passes a plugin that keeps the contract', async () => {
    expect(await faults(() => new Pigeon())).to.deep.equal([]);
  });

  const broken: Record<string, () => Pigeon> = {
    'takes every message for mandatory': () =>
      new (class extends Pigeon {
        protected override deliver(message: OutgoingMessage) {
          super.deliver({ ...message, mandatory: true });
        }
      })(),
    'gives each delivery another id': () =>
      new (class extends Pigeon {
        protected override deliver(message: OutgoingMessage) {
          super.deliver({ ...message, id: `${message.id}-${this.arrived.length}` });
        }
      })(),
    'loses every tenth message': () =>
      new (class extends Pigeon {
        private count = 0;
        protected override deliver(message: OutgoingMessage) {
          if (++this.count % 10 !== 0) super.deliver(message);
        }
      })(),
    'cuts long texts': () =>
      new (class extends Pigeon {
        protected override deliver({ words, ...message }: OutgoingMessage) {
          super.deliver({ ...message, words: { ...words, text: words.text.slice(0, 5000) } });
        }
      })(),
    'takes whatever it is given': () =>
      new (class extends Pigeon {
        protected override check() {}
        protected override deliver(message: OutgoingMessage) {
          if (typeof message === 'object') super.deliver(message);
        }
      })(),
    'sends while it is closed': () =>
      new (class extends Pigeon {
        override async close() {}
      })(),
    'changes what it is given': () =>
      new (class extends Pigeon {
        override async send(message: OutgoingMessage) {
          await super.send(message);
          Object.assign(message, { template: 'sent' });
        }
      })(),
    'says nothing when it cannot deliver': () =>
      new (class extends Pigeon {
        override async send(message: OutgoingMessage) {
          if (!this.isIll) await super.send(message);
        }
      })(),
    'tells of the message in its error': () =>
      new (class extends Pigeon {
        override async send(message: OutgoingMessage) {
          if (this.isIll) throw new AsignioError('ASIGNIO_NOTIFICATION_UNAVAILABLE', `No ${message.recipient} here`);
          await super.send(message);
        }
      })(),
  };
  for (const [fault, make] of Object.entries(broken))
    it(`notices a plugin that ${fault}`, async () => {
      expect(await faults(make)).to.not.deep.equal([]);
    });
});
