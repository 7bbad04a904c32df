import type { Clock, Modality, Permit, TenantId } from '@asignio/contracts';
import { checkDecryption } from '@asignio/policy';
import type { AuditChain } from '../audit/chain.ts';

export interface DecryptionTools {
  readonly audit: AuditChain;
  readonly clock: Clock;
}

/** For what a template is opened, or was to be. */
export interface Opening {
  readonly tenant: TenantId;
  /** Pseudonym, of whoever was named, known or not. */
  readonly subject: string;
  readonly modality: Modality;
  readonly ceremony: string;
  readonly act: 'enrolment' | 'comparison' | 'adaptation' | 'export' | 'import';
}

/**
 * Puts on record that a template is opened, before the engine gets the key (R29): once for each ceremony, modality and
 * act, by whom and for what. Where there is nothing to open, as much is written: neither the time that it takes nor the
 * number of entries tells who is known.
 */
export class Decryption {
  private readonly tools: DecryptionTools;

  constructor(tools: DecryptionTools) {
    this.tools = tools;
  }

  /** @throws AsignioError `ASIGNIO_ROLE_REQUIRED` where the engine opens nothing for the permit's purpose. */
  async opened(opening: Opening, permit: Permit, references: number): Promise<void> {
    checkDecryption('engine', 'template', permit.purpose);
    await this.record(opening, 'template.decrypted', { role: 'engine', purpose: permit.purpose, references });
  }

  /** There is no reference, or no permit: nothing was opened. */
  async withheld(opening: Opening): Promise<void> {
    await this.record(opening, 'template.withheld', { role: 'engine', purpose: null, references: 0 });
  }

  private async record(
    { tenant, subject, modality, ceremony, act }: Opening,
    event: 'template.decrypted' | 'template.withheld',
    data: Readonly<Record<string, string | number | null>>,
  ): Promise<void> {
    await this.tools.audit.append(tenant, {
      id: `${event}:${ceremony}:${modality}:${act}`,
      event,
      subject,
      at: this.tools.clock.now(),
      data: { modality, act, ceremony, ...data },
    });
  }
}
