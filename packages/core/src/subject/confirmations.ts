import { createHash } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';
import type { Clock, RecordKind, SubjectId, TenantId } from '@asignio/contracts';
import { confirmationText, confirmationWords } from '@asignio/policy';
import type { ConfirmationFacts, NoticeRegister } from '@asignio/policy';
import type { HeldData, WrittenConfirmation } from '../api.ts';
import type { AuditChain } from '../audit/chain.ts';
import { newId } from '../ceremony/binding.ts';
import type { Signer } from '../signer.ts';
import type { Typed } from '../store/repository.ts';
import type { Vault } from '../vault.ts';
import type { Holdings } from './holdings.ts';

const CONFIRMATION_TYPE = 'asignio-confirmation+jws';
/** What is changed again and again while it is read: somebody else is busy with the same person. */
const MAX_TRIES = 5;

export interface ConfirmationTools {
  readonly holdings: Holdings;
  readonly vault: Vault;
  readonly signer: Signer;
  readonly audit: AuditChain;
  readonly notices: NoticeRegister;
  readonly clock: Clock;
}

/** R3: the written confirmation of what is held, as the store has it in one moment. */
export class Confirmations {
  private readonly tools: ConfirmationTools;

  constructor(tools: ConfirmationTools) {
    this.tools = tools;
  }

  /** @param held reads what is held, in the language */
  async issue(
    tenant: TenantId,
    subject: SubjectId,
    held: () => Promise<HeldData>,
    language?: string,
  ): Promise<WrittenConfirmation> {
    const { vault, signer, audit, clock } = this.tools;
    const pseudonym = await vault.pseudonym(tenant, subject);
    const words = confirmationWords(language);
    const { data, records } = await this.ofOneMoment(tenant, pseudonym, held);
    const facts = this.facts(data, records, words.language);
    const text = confirmationText(facts, words.language);
    const id = newId();
    const jws = await signer.sign(tenant, CONFIRMATION_TYPE, {
      ...facts,
      format: 'asignio-confirmation/1',
      id,
      tenant,
      language: words.language,
      text,
    });
    await audit.append(tenant, {
      id: `confirmation:${id}`,
      event: 'confirmation.issued',
      subject: pseudonym,
      at: clock.now(),
      data: {
        enrolments: facts.enrolments.length,
        consents: facts.consents.length,
        records: records.length,
        sha256: createHash('sha256').update(jws).digest('hex'),
      },
    });
    return { issuedAt: facts.issuedAt, language: words.language, text, jws };
  }

  /** Reads until nothing has changed between the first look and the last. */
  private async ofOneMoment(
    tenant: TenantId,
    pseudonym: string,
    held: () => Promise<HeldData>,
  ): Promise<{ readonly data: HeldData; readonly records: readonly Typed<unknown>[] }> {
    const { holdings } = this.tools;
    let before = await holdings.of(tenant, pseudonym);
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const data = await held();
      const records = await holdings.of(tenant, pseudonym);
      if (areSame(before, records)) return { data, records };
      before = records;
    }
    throw new AsignioError('ASIGNIO_STORAGE_CONFLICT', 'What is held about you is being changed');
  }

  private facts(data: HeldData, records: readonly Typed<unknown>[], language: string): ConfirmationFacts {
    const { notices, clock } = this.tools;
    const { subject, enrolments, consents, retention, destructions, recipients } = data;
    const counts: Partial<Record<RecordKind, number>> = {};
    for (const { kind } of records) counts[kind] = (counts[kind] ?? 0) + 1;
    return {
      subject,
      controller: notices.current(clock.now(), language).controller,
      issuedAt: clock.now(),
      enrolments,
      consents,
      retention,
      destructions: destructions.map(({ orderedAt, state }) => ({ orderedAt, state })),
      recipients,
      records: counts,
    };
  }
}

function areSame(a: readonly Typed<unknown>[], b: readonly Typed<unknown>[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ kind, id, version }, i) => kind === b[i]?.kind && id === b[i].id && version === b[i].version)
  );
}
