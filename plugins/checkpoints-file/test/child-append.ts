/** A process that appends: `child-append PATH NAME COUNT`. */
import { tenantId } from '@asignio/contracts';
import { checkpointsFile } from '@asignio/checkpoints-file';

const [path = '', name = '', count = '0'] = process.argv.slice(2);
const sink = checkpointsFile({ path });
await sink.open();
for (let i = 0; i < Number(count); i++) await sink.append(tenantId('acme'), `process${name}.${i}.${'x'.repeat(3000)}`);
await sink.close();
process.disconnect();
