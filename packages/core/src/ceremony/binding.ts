import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A fresh ceremony id: 32 random bytes. */
export function newId(): string {
  return randomBytes(32).toString('base64url');
}

/** The secret that binds a ceremony to the browser that began it; only its hash is stored. */
export function newBinding(): { readonly binding: string; readonly hash: Uint8Array } {
  const binding = randomBytes(32).toString('base64url');
  return { binding, hash: hashOf(binding) };
}

/** In constant time, for any text. */
export function bindingMatches(binding: string, hash: Uint8Array): boolean {
  return timingSafeEqual(hashOf(binding), hash);
}

function hashOf(binding: string): Uint8Array {
  return createHash('sha256').update(binding, 'utf8').digest();
}
