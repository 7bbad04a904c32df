import { join } from 'node:path';
import type { CheckpointSink } from '@asignio/contracts';
import { checkpointsFile } from '@asignio/checkpoints-file';
import { checkpointContract, temporaryFolder } from '@asignio/testkit';
import type { TemporaryFolder } from '@asignio/testkit';

const folders = new Map<CheckpointSink, TemporaryFolder>();
const pathOf = (sink: CheckpointSink) => join(folders.get(sink)?.path ?? '', 'checkpoints');

checkpointContract({
  describe: (title, body) =>
    describe(title, function () {
      this.timeout(60_000);
      body();
    }),
  it,
  create() {
    const folder = temporaryFolder();
    const sink = checkpointsFile({ path: join(folder.path, 'checkpoints') });
    folders.set(sink, folder);
    return sink;
  },
  reopen: (sink) => checkpointsFile({ path: pathOf(sink) }),
  destroy: (sink) => folders.get(sink)?.remove(),
});
