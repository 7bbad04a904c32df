import Joi from 'joi';
import { AsignioError, subjectId } from '@asignio/contracts';
import type { AuditEventName, Clock, SubjectId, TenantId } from '@asignio/contracts';
import { checkSignals } from '@asignio/policy';
import type { SignalList } from '@asignio/policy';
import type { AuditChain, AuditFact } from '../audit/chain.ts';
import { newId } from '../ceremony/binding.ts';
import type { Vault } from '../vault.ts';
import type { Signals } from './api.ts';
import type { Egress } from './egress.ts';
import { checkInput } from './input.ts';
import type { Regions } from './regions.ts';
import type { VendorRegistry } from './vendor-registry.ts';

export interface SignalTools {
  readonly registry: VendorRegistry;
  readonly egress: Egress;
  readonly regions: Regions;
  readonly vault: Vault;
  readonly audit: AuditChain;
  readonly clock: Clock;
  readonly list: SignalList;
}

type Share = Parameters<Signals['share']>[1];
const SHARE = Joi.object<Share>({
  vendor: Joi.string().max(214).required(),
  subject: Joi.string().max(256).required(),
  // What may be in it is the policy's to say, and its refusal is on record.
  signals: Joi.any(),
});

/** What was told, as one field: names and values are words of the allow-list, without spaces. */
function told(signals: Readonly<Record<string, string>>): string {
  return Object.entries(signals)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

/** {@link Signals}, through the one way out (R15). */
export class SignalService implements Signals {
  private readonly tools: SignalTools;

  constructor(tools: SignalTools) {
    this.tools = tools;
  }

  allowed(): SignalList {
    return this.tools.list;
  }

  async share(tenant: TenantId, input: Share): Promise<void> {
    const { registry, egress, regions, vault, audit, clock, list } = this.tools;
    const { vendor, subject: named, signals: given } = checkInput(SHARE, input);
    const plugin = registry.get('risk-signal', vendor);
    const { metadata } = plugin;
    const subject = subjectId(named);
    const pseudonym = await vault.pseudonym(tenant, subject);
    const signals = await this.recordingRefusal(tenant, pseudonym, vendor, () => checkSignals(given, list));
    const recipient = await vault.pseudonym(tenant, ['signal', metadata.name, subject].join('\u0000') as SubjectId);
    await egress.passOther(
      {
        tenant,
        subject: pseudonym,
        purpose: 'risk-signal',
        data: ['risk-signal'],
        fields: ['identifier for this recipient', ...Object.keys(signals)],
        recipient: {
          name: metadata.name,
          region: regions.resolve(metadata.region),
          plugin: metadata.name,
          agreement: metadata.agreement ?? null,
        },
        knownPlace: async () => regions.knownPlace(tenant, subject),
      },
      { ground: 'legitimate-interest', reference: 'prevention of fraud (GDPR recital 47)' },
      async (signal) => plugin.share({ subject: recipient, signals, at: clock.now(), signal }),
    );
    await audit.append(tenant, this.fact('signal.shared', pseudonym, { vendor, signals: told(signals) }));
  }

  private async recordingRefusal<T>(tenant: TenantId, subject: string, vendor: string, check: () => T): Promise<T> {
    try {
      return check();
    } catch (error) {
      if (error instanceof AsignioError)
        await this.tools.audit.append(tenant, this.fact('signal.denied', subject, { vendor, reason: error.message }));
      throw error;
    }
  }

  private fact(event: AuditEventName, subject: string, data: AuditFact['data']): AuditFact {
    return { id: `signal:${newId()}`, event, subject, at: this.tools.clock.now(), data };
  }
}
