/** What a person can ask for. `import` takes back what `portability` gave out. */
export const REQUEST_TYPES = [
  'access',
  'portability',
  'import',
  'rectification',
  'revocation',
  'restriction',
  'objection',
  'erasure',
  'summary',
  'deletion',
  'contest',
  'complaint',
] as const;
export type RequestType = (typeof REQUEST_TYPES)[number];

/** Whose clock runs: the law that a request is made under. */
export const REQUEST_LAWS = ['gdpr', 'ccpa'] as const;
export type RequestLaw = (typeof REQUEST_LAWS)[number];

/** How a request ended. */
export const REQUEST_OUTCOMES = [
  /** What was asked for was done. */
  'done',
  /** It was not done, or not wholly: the exceptions say why. */
  'exception',
  /** It was answered, as a complaint is. */
  'answered',
  /** A contested decision stands. */
  'upheld',
  /** A contested decision does not stand. */
  'overridden',
  /** What it was about was erased meanwhile. */
  'moot',
] as const;
export type RequestOutcome = (typeof REQUEST_OUTCOMES)[number];

/** The law under which a type of request is made unless told. */
export function lawOf(type: RequestType): RequestLaw {
  return type === 'summary' || type === 'deletion' ? 'ccpa' : 'gdpr';
}
