import { join } from 'node:path';
import { AsignioError, checkCheckpoint, checkCheckpointTenant } from '@asignio/contracts';
import type { CheckpointSink, PluginMetadata, TenantId } from '@asignio/contracts';
import { appendLine, checkpointFileName, makeFolder, readLines } from './files.ts';
import { parseOptions } from './options.ts';
import type { CheckpointsFileOptions } from './options.ts';

const METADATA: PluginMetadata = {
  name: '@asignio/checkpoints-file',
  version: '0.1.0',
  kind: 'checkpoints',
  capabilities: [],
  data: ['signed hashes of the audit chain'],
  region: 'local',
};

/** See {@link checkpointsFile}. */
export class FileCheckpoints implements CheckpointSink {
  readonly metadata = METADATA;
  private readonly options: CheckpointsFileOptions;
  private opened = false;
  /** One append at a time in this process, so that the newest is compared with what is there. */
  private turn: Promise<void> = Promise.resolve();

  constructor(options: CheckpointsFileOptions) {
    this.options = parseOptions(options);
  }

  async open(): Promise<void> {
    await reaching(makeFolder(this.options.path));
    this.opened = true;
  }

  async close(): Promise<void> {
    this.opened = false;
    await this.turn;
  }

  async append(tenant: TenantId, checkpoint: string): Promise<void> {
    checkCheckpoint(tenant, checkpoint);
    const path = this.fileOf(tenant);
    const turn = this.turn.then(async () => reaching(appendLine(path, checkpoint)));
    this.turn = turn.catch(() => undefined);
    await turn;
  }

  async *read(tenant: TenantId): AsyncGenerator<string> {
    checkCheckpointTenant(tenant);
    const lines = readLines(this.fileOf(tenant));
    for (;;) {
      const { done, value } = await reaching(lines.next());
      if (done === true) return;
      yield value;
    }
  }

  private fileOf(tenant: TenantId): string {
    if (!this.opened) throw new AsignioError('ASIGNIO_CHECKPOINT_UNAVAILABLE', 'The place for checkpoints is not open');
    return join(this.options.path, checkpointFileName(tenant));
  }
}

async function reaching<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new AsignioError('ASIGNIO_CHECKPOINT_UNAVAILABLE', undefined, { cause });
  }
}
