/** Rotates the key of a tenant again and again, and tells after the first and after the last time. */
import { tenantId } from '@asignio/contracts';
import { keysFile } from '@asignio/keys-file';

const [path = '', times = '1'] = process.argv.slice(2);
const keys = keysFile({ path });
await keys.open();
const keyIds: string[] = [];
for (let i = 0; i < Number(times); i++) {
  keyIds.push(await keys.rotate(tenantId('acme')));
  if (Number(times) > 100 && i === 2) process.send?.({ keyIds });
}
if (Number(times) <= 100) process.send?.({ keyIds });
await keys.close();
process.disconnect();
