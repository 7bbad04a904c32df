import { join } from 'node:path';
import { expect } from 'chai';
import { subjectId, tenantId } from '@asignio/contracts';
import { DEFAULT_RETENTION } from '@asignio/policy';
import { temporaryFolder } from '@asignio/testkit';
import type { TemporaryFolder } from '@asignio/testkit';
import { createAsignio } from 'asignio';
import { asignio } from './support/terminal.ts';

const TENANT = tenantId('default');
const DAY = 86_400_000;

describe('asignio sweep', function () {
  this.timeout(60_000);
  let folder: TemporaryFolder;
  let data: string;

  beforeEach(() => {
    folder = temporaryFolder();
    data = join(folder.path, 'data');
  });

  afterEach(() => folder.remove());

  /** A system that ran years ago, with people in it. */
  async function years(ago: number, names: readonly string[], retention = DEFAULT_RETENTION): Promise<void> {
    const now = Date.now() - ago * 366 * DAY;
    const system = await createAsignio({
      origins: ['https://app.example'],
      data,
      workers: 1,
      retention,
      clock: { now: () => now },
    });
    const { subjects } = system.core;
    for (const name of names) {
      const notice = await subjects.notice(TENANT, 'en');
      await subjects.grant({
        tenant: TENANT,
        subject: subjectId(name),
        modality: 'signature',
        purposes: ['authentication'],
        noticeVersion: notice.version,
        noticeSha256: notice.sha256,
        language: 'en',
        signature: { method: 'typed-name', name: 'Ada Lovelace' },
      });
    }
    await system.close();
  }

  const sweep = async (...options: readonly string[]) => asignio(['sweep', '--data', data, ...options]);
  const report = async (...options: readonly string[]) => {
    const { code, out } = await sweep('--json', ...options);
    return { code, ...(JSON.parse(out.slice(out.indexOf('{\n'))) as { destroyed: number; clock: string }) };
  };

  it('R6: destroys what is due once the clock is confirmed, and nothing more the next time', async () => {
    await years(4, ['ada', 'bob']);
    const waiting = await sweep();
    expect(waiting.code).to.equal(1);
    expect(waiting.err).to.include('ASIGNIO_CLOCK_SUSPECT');
    expect(await report('--confirm-clock')).to.include({ code: 0, destroyed: 2, clock: 'right' });
    expect(await report()).to.include({ code: 0, destroyed: 0, clock: 'right' });
  });

  it('R6: says with --dry-run what would be destroyed and why, by pseudonym, and changes nothing', async () => {
    await years(4, ['ada', 'bob']);
    for (let n = 0; n < 2; n++) {
      const { code, out } = await sweep('--dry-run', '--list', '--confirm-clock');
      expect(code).to.equal(0);
      expect(
        out.match(/^destroy {2}default {2}[\w-]{22} {2}last-interaction-3-years {2}due \d{4}-\d\d-\d\d$/gm),
      ).to.have.length(2);
      expect(out)
        .to.match(/subjects that would be destroyed +2\n/)
        .and.not.match(/\bada\b/);
    }
  });

  it('R6: goes by the rules that the system of the store ran with', async () => {
    const retention = DEFAULT_RETENTION.map((rule) => (rule.months === 36 ? { ...rule, months: 120 } : rule));
    await years(4, ['ada'], retention);
    expect(await report('--confirm-clock')).to.include({ code: 0, destroyed: 0 });
  });

  it('lists as JSON lines for machines', async () => {
    await years(4, ['ada']);
    const { out } = await sweep('--json', '--list', '--dry-run', '--confirm-clock');
    const [first] = out.split('\n');
    expect(JSON.parse(first as string)).to.include({
      tenant: 'default',
      action: 'destroy',
      rule: 'last-interaction-3-years',
    });
  });

  it('shows a bar on a terminal', async () => {
    await years(4, ['ada']);
    const { err } = await asignio(['sweep', '--data', data, '--confirm-clock'], { progress: true });
    expect(err).to.include('Sweeping, subjects [');
  });

  it('fails where there is no store, or one that no system has run on', async () => {
    expect((await sweep()).err).to.include('ASIGNIO_FILE_UNREADABLE');
    expect((await sweep()).code).to.equal(1);
    expect((await sweep('--nonsense')).code).to.equal(2);
  });
});
