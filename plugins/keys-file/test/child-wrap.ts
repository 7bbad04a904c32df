/** Opens the key file, making it where there is none, and tells what it wraps with it. */
import { tenantId } from '@asignio/contracts';
import { keysFile } from '@asignio/keys-file';

const keys = keysFile({ path: process.argv[2] ?? '', create: true });
await keys.open();
const { keyId, bytes } = await keys.wrap(tenantId('acme'), new Uint8Array(32).fill(7), 'binding');
process.send?.({ keyId, bytes: Buffer.from(bytes).toString('hex') });
await keys.close();
process.disconnect();
