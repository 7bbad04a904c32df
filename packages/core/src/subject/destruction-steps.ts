import { RECORD_KINDS } from '@asignio/contracts';
import type { EpochMs, Modality, RecordKind, StoragePlugin, StoredRecord, TenantId } from '@asignio/contracts';
import { forgetSubject } from '@asignio/policy';
import type { Confirmation } from '@asignio/policy';
import type { Repositories } from '../store/records.ts';
import { isConflict } from '../store/repository.ts';
import type { Repository, Typed } from '../store/repository.ts';

/** What a destruction takes, as its steps see it. */
export interface StepScope {
  readonly tenant: TenantId;
  /** Pseudonym. */
  readonly subject: string;
  /** When it was ordered. */
  readonly since: EpochMs;
  /** Whether data of a modality go; `null` asks for what is of none. */
  readonly covers: (modality: Modality | null) => boolean;
  /** Whether the person goes as a whole, and nothing stays under hold. */
  readonly whole: boolean;
}

/** Anything that a step destroys; only the step knows more of it. */
export type Doomed = object;

/**
 * Something of a subject in this store. Steps are looked up and done in their order, and again until a round finds nothing,
 * since a request that was under way may have written meanwhile.
 */
export interface RecordStep {
  /** Stands in the certificate, before the count. */
  readonly name: string;
  /** What is there to destroy now. Only what is listed here while the destruction has its claim is destroyed. */
  doomed(scope: StepScope): Promise<readonly Doomed[]>;
  /** Destroys one of them, or leaves it to the next round if it has moved on since it was listed. Can be done again. */
  remove(item: Doomed, scope: StepScope): Promise<unknown>;
}

/**
 * Something of a subject that others hold. It is done after the keys and before the rest; where it fails, the rest is
 * destroyed all the same, and the destruction is not done until it succeeds: the sweep tries again.
 */
export interface CopyStep {
  readonly name: string;
  /**
   * Has the copies destroyed. Done again it must say again what was confirmed; what is told twice is noted once.
   * @returns what their holders confirmed; nothing where there were none
   */
  destroy(scope: StepScope): Promise<readonly Confirmation[]>;
}

/** The table of all that a destruction takes (R9). A room that keeps something of a subject adds its step to it. */
export class DestructionSteps {
  private readonly first: RecordStep;
  private readonly copyHolders: CopyStep[] = [];
  private readonly rest: RecordStep[];
  private readonly last: readonly RecordStep[];

  constructor(repositories: Repositories, storage: StoragePlugin) {
    this.first = keysStep(repositories);
    this.rest = [...biometricSteps(repositories), attemptsStep(repositories)];
    this.last = [remainderStep(storage), evidenceStep(repositories)];
  }

  /**
   * Adds what a room keeps, after what is there.
   * @example
   * ```ts
   * destruction.steps.add({
   *   name: 'locations',
   *   doomed: async ({ tenant, subject, whole }) => (whole ? locations.ofSubject(tenant, subject) : []),
   *   remove: async (record) => locations.removeRead(record as Typed<LocationRecord>),
   * });
   * ```
   */
  add(step: RecordStep): void {
    this.rest.push(step);
  }

  /** Adds what others hold. */
  addCopies(step: CopyStep): void {
    this.copyHolders.push(step);
  }

  /** Keys first, so that from then on nothing can be opened, in backups either. */
  get keys(): RecordStep {
    return this.first;
  }

  get copies(): readonly CopyStep[] {
    return this.copyHolders;
  }

  get records(): readonly RecordStep[] {
    return [...this.rest, ...this.last];
  }
}

/** A step over one repository, whose records are removed as they were listed. */
export function recordStep<T>(
  name: string,
  repository: Repository<T>,
  dooms: (record: Typed<T>, scope: StepScope) => boolean,
): RecordStep {
  return {
    name,
    doomed: async (scope) =>
      (await repository.ofSubject(scope.tenant, scope.subject)).filter((record) => dooms(record, scope)),
    remove: async (record) => repository.removeRead(record as Typed<T>),
  };
}

function keysStep({ keys }: Repositories): RecordStep {
  // A key of no modality is of the evidence, or of somebody's own texts: they go with the person.
  return recordStep('keys', keys, ({ value: { modality } }, { covers, whole }) =>
    modality === null ? whole : covers(modality),
  );
}

function biometricSteps({ references, probes, ceremonies }: Repositories): readonly RecordStep[] {
  return [
    recordStep('references', references, ({ value }, { covers }) => covers(value.modality)),
    {
      name: 'probes',
      doomed: async ({ tenant, subject, covers }) => {
        const others = (await references.ofSubject(tenant, subject))
          .filter(({ value }) => !covers(value.modality))
          .map(({ id }) => id);
        // Also those whose reference went before a crash.
        return (await probes.ofSubject(tenant, subject)).filter(({ value }) => !others.includes(value.reference));
      },
      remove: async (record) => probes.removeRead(record as Parameters<typeof probes.removeRead>[0]),
    },
    // One that still owes its audit entry or count stays until it has paid; the sweep removes it then.
    recordStep(
      'ceremonies',
      ceremonies,
      ({ value }, { covers }) => value.effects.length === 0 && value.modalities.some(covers),
    ),
  ];
}

function attemptsStep({ attempts }: Repositories): RecordStep {
  return recordStep('attempts', attempts, (_, { whole }) => whole);
}

/** Consents stay as evidence that there was one; who gave it can no longer be found or read. */
function evidenceStep({ consents }: Repositories): RecordStep {
  return {
    name: 'evidence',
    doomed: async ({ tenant, subject, whole }) => (whole ? consents.ofSubject(tenant, subject) : []),
    remove: async (record, { tenant }) =>
      consents.update(tenant, (record as Parameters<typeof consents.removeRead>[0]).id, (value) =>
        value === undefined || value.subject === null
          ? undefined
          : {
              ...value,
              subject: null,
              consent: forgetSubject(value.consent),
              // What it owed to the person's data is done with them.
              effects: value.effects.filter(({ type }) => type === 'audit'),
            },
      ),
  };
}

/** What becomes of a subject's records of a kind when the subject is erased. */
type Fate =
  /** A step of its own says. */
  | 'own step'
  | 'destroyed'
  /** It names the subject by pseudonym alone, and shows later that the law was kept. */
  | 'kept as evidence'
  | 'of no subject';

/** Every kind of record has one: whoever adds a kind decides. */
const FATES = {
  key: 'own step',
  reference: 'own step',
  probe: 'own step',
  ceremony: 'own step',
  attempts: 'own step',
  consent: 'own step',
  subject: 'own step',
  part: 'destroyed',
  custody: 'destroyed',
  decision: 'destroyed',
  attribute: 'destroyed',
  document: 'destroyed',
  message: 'destroyed',
  bridge: 'own step',
  destruction: 'kept as evidence',
  hold: 'kept as evidence',
  disclosure: 'kept as evidence',
  case: 'kept as evidence',
  tenant: 'of no subject',
  retention: 'of no subject',
  notice: 'of no subject',
  agreement: 'of no subject',
  staff: 'of no subject',
  register: 'of no subject',
  maintenance: 'of no subject',
} as const satisfies Record<RecordKind, Fate>;

/** Whatever else the store finds by the subject. */
function remainderStep(storage: StoragePlugin): RecordStep {
  const kinds = RECORD_KINDS.filter((kind) => FATES[kind] === 'destroyed');
  return {
    name: 'others',
    doomed: async ({ tenant, subject, covers }) => {
      if (!covers(null)) return [];
      const found: StoredRecord[] = [];
      for (const kind of kinds) {
        let after: string | undefined;
        do {
          const query = { tenant, kind, subject, limit: 1000, ...(after === undefined ? {} : { after }) };
          const page = await storage.list(query);
          found.push(...page.records);
          after = page.next;
        } while (after !== undefined);
      }
      return found.filter(({ value }) => covers(modalityOf(value)));
    },
    remove: async (item) => {
      const { tenant, kind, id, version } = item as StoredRecord;
      try {
        return await storage.remove({ tenant, kind, id }, version);
      } catch (error) {
        if (!isConflict(error)) throw error;
        return false;
      }
    },
  };
}

/** Of a record that says of which modality it is. */
function modalityOf(value: unknown): Modality | null {
  const { modality = null } = (value ?? {}) as { readonly modality?: Modality | null };
  return modality;
}
