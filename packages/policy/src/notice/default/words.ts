import type { RetentionRule, RetentionStart } from '../../retention/rules.ts';

/** A length of time in the one unit that a rule states it in; zero is at once. */
export interface Length {
  readonly count: number;
  readonly unit: 'year' | 'month' | 'day';
}

/** The default notice in one language. */
export interface Words {
  readonly language: string;
  readonly title: string;
  readonly what: string;
  readonly why: string;
  /** When data are destroyed, to stand after `destroyed` and before a full stop. */
  readonly retention: Readonly<Record<RetentionStart, (length: Length) => string>>;
  /** A sentence about what is destroyed when; the clauses are those of `retention`. */
  readonly destroyed: (clauses: string) => string;
  /** The same of the numbers of a single sign-in. */
  readonly probesDestroyed: (clause: string) => string;
  /** The same of the typed name, which outlives a withdrawal: it is the evidence that there was a consent. */
  readonly nameDestroyed: (clauses: string) => string;
  /** What stands between clauses. */
  readonly separator: string;
  readonly withWhom: (controller: string) => string;
  /** What a notice says beside the rest where faces are compared too. */
  readonly face: {
    readonly what: string;
    readonly why: string;
    readonly section: { readonly heading: string; readonly text: string };
    /** What this notice says that the one before did not. */
    readonly changed: string;
  };
  readonly sections: (facts: Facts) => readonly { readonly heading: string; readonly text: string }[];
}

/** What a text says that is not its own. */
export interface Facts {
  readonly controller: string;
  readonly contact: string;
  readonly howLong: string;
  readonly nameKept: string;
}

/** A rule's length in its largest whole unit. */
export function lengthOf({ months, days = 0 }: RetentionRule): Length {
  if (days > 0) return { count: days, unit: 'day' };
  if (months % 12 === 0) return { count: months / 12, unit: 'year' };
  return { count: months, unit: 'month' };
}
