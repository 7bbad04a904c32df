import type { Factor } from '@asignio/contracts';

/** What each factor is called (RFC 8176, section 2); `signature` is ours: the register has no value for handwriting. */
const VALUES: { readonly [F in Factor]: readonly string[] } = {
  signature: ['signature'],
  face: ['face'],
  voice: ['vbm'],
  passkey: ['pop'],
  device: ['hwk', 'pop'],
};

const INHERENCE: readonly Factor[] = ['signature', 'face', 'voice'];

/**
 * The `amr` of what was proved. `mfa` stands where two kinds of factor came together: something one is, and something one
 * has. Two biometric factors are of one kind.
 * @example
 * ```ts
 * amrOf(['signature', 'passkey']); // ['signature', 'pop', 'mfa']
 * ```
 */
export function amrOf(factors: readonly Factor[]): readonly string[] {
  const values = [...new Set(factors.flatMap((factor) => VALUES[factor]))];
  const is = factors.some((factor) => INHERENCE.includes(factor));
  const has = factors.some((factor) => !INHERENCE.includes(factor));
  return is && has ? [...values, 'mfa'] : values;
}
