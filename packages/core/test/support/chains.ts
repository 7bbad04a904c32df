import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { CompactSign, exportJWK } from 'jose';
import { AUDIT_EVENTS, tenantId } from '@asignio/contracts';
import type { TenantId } from '@asignio/contracts';
import type { AuditEntry, AuditReport, CheckpointClaims, KeySet } from '@asignio/core';
import { CHECKPOINT_TYPE, checkpointHash, inspectExport } from '@asignio/core';
import { GENESIS, hashOf, renderEntry } from '#src/audit/entry.js';

export const TENANT = tenantId('acme');

/** What an entry says before it has its place. */
export type Said = Pick<AuditEntry, 'id' | 'at' | 'event' | 'subject' | 'data'>;

const name = fc.string({ unit: 'binary', maxLength: 12 }).filter((text) => !/\p{Cs}/u.test(text));
/** Anything that an entry may say. */
export const said: fc.Arbitrary<Said> = fc.record({
  id: fc.uuid(),
  at: fc.integer({ min: 0, max: 4e12 }),
  event: fc.constantFrom(...AUDIT_EVENTS.filter((event) => event !== 'audit.checkpoint')),
  subject: fc.option(fc.base64String({ minLength: 4, maxLength: 24 })),
  data: fc.dictionary(
    fc.oneof(name, fc.constantFrom('10', '9', '__proto__', 'toString')),
    fc.oneof(name, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
    { maxKeys: 4 },
  ),
});

/** A chain as it should be, from wherever it begins. */
export function chainOf(all: readonly Said[], from: Pick<AuditEntry, 'sequence' | 'hash'> = ROOT): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (const one of all) {
    const last = entries.at(-1) ?? from;
    const entry = { ...one, sequence: last.sequence + 1, previous: last.hash };
    entries.push({ ...entry, hash: hashOf(entry) });
  }
  return entries;
}
const ROOT = { sequence: 0, hash: GENESIS };

export const chain = fc.array(said, { minLength: 2, maxLength: 20 }).map((all) => chainOf(all));

/** A signer of checkpoints with a key of its own, the same for the same seed. */
export async function checkpointSigner(seed: string, tenant: TenantId = TENANT) {
  const bytes = createHash('sha256').update(seed).digest();
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), bytes]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const jwk = await exportJWK(createPublicKey(key));
  const keys: KeySet = { keys: [{ ...jwk, kid: seed, alg: 'EdDSA', use: 'sig' }] };
  const sign = async (claims: object, header: object = {}) =>
    new CompactSign(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'EdDSA', kid: seed, typ: CHECKPOINT_TYPE, ...header })
      .sign(key);
  /** Checkpoints of a chain at these sequences. */
  const over = async (entries: readonly AuditEntry[], sequences: readonly number[]): Promise<string[]> => {
    const lines: string[] = [];
    for (const sequence of sequences) {
      const last = lines.at(-1);
      const claims: CheckpointClaims = {
        version: 1,
        tenant,
        number: lines.length + 1,
        sequence,
        head: entries[sequence - 1]?.hash ?? GENESIS,
        at: sequence * 1000,
        previous: last === undefined ? null : checkpointHash(last),
      };
      lines.push(await sign(claims));
    }
    return lines;
  };
  return { keys, sign, over };
}

export function textOf(entries: readonly AuditEntry[]): string {
  return entries.map((entry) => `${renderEntry(entry)}\n`).join('');
}

/** Verifies a file, in pieces of a size that divides no line. */
export async function verify(
  file: string | Uint8Array,
  checkpoints?: { readonly lines: readonly string[]; readonly keys: KeySet; readonly tenant?: TenantId },
  partial = false,
): Promise<AuditReport> {
  const bytes = typeof file === 'string' ? Buffer.from(file) : file;
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += 97) yield bytes.subarray(at, at + 97);
  }
  return inspectExport({
    bytes: pieces(),
    partial,
    ...(checkpoints === undefined ? {} : { checkpoints: { tenant: TENANT, ...checkpoints } }),
  });
}
