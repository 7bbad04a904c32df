import type { HeldView } from './client.ts';
import type { Transport } from './transport.ts';

/** Something that was asked for, with its deadline. Moments are ISO 8601. */
export interface RequestView {
  readonly id: string;
  readonly type: string;
  readonly state: 'open' | 'closed';
  readonly openedAt: string;
  readonly due: string;
  readonly overdue: boolean;
  readonly extension: { readonly at: string; readonly reason: string | null } | null;
  readonly closedAt: string | null;
  readonly outcome: string | null;
  readonly statement: string | null;
  readonly answer: string | null;
  readonly exceptions: readonly { readonly id: string; readonly source: string; readonly sentence: string }[];
  readonly certificate: string | null;
}

/** What an erasure came to: a certificate, or the exception that stands in its way. */
export interface Erased {
  readonly certificate: string | null;
  readonly request: RequestView;
}

/** A decision that went against the person. */
export interface DecisionView {
  readonly id: string;
  readonly kind: 'rejected' | 'inconclusive' | 'locked' | 'disabled';
  readonly at: string;
  readonly reasons: readonly string[];
  readonly model: string;
  readonly threshold: { readonly assurance: string; readonly fmr: number };
  readonly contestableUntil: string;
  readonly contest: string | null;
  readonly review: { readonly outcome: 'upheld' | 'overridden'; readonly at: string } | null;
}

/** What stands between agreements and any use. */
export interface StandingView {
  readonly restrictedAt: string | null;
  readonly objections: readonly string[];
  readonly minorAlone: boolean;
}

export interface Regulator {
  readonly region: string;
  readonly name: string;
  readonly url: string;
}

/** The parts of the access report that a page shows; the file has it all. */
export interface AccessReport {
  readonly createdAt: string;
  readonly held: HeldView;
  readonly recipients: readonly string[];
  readonly records: readonly unknown[];
  readonly log: readonly unknown[];
}

export interface PortableFile {
  readonly text: string;
  readonly name: string;
  readonly references: readonly string[];
}

export interface Imported {
  readonly attributes: readonly string[];
  readonly consents: number;
  readonly references: readonly string[];
}

export interface Attributes {
  readonly name?: string | null;
  readonly email?: string | null;
  readonly phone?: string | null;
}

type Asked<More> = { readonly request: RequestView } & More;

/**
 * What a person may ask for about their own data. Calls that give out or destroy data need a proof of who asks that is a
 * few minutes old at most: `ASIGNIO_REQUESTER_UNVERIFIED` without one.
 */
export class RightsClient {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async requests(): Promise<readonly RequestView[]> {
    const { requests } = await this.#get<{ readonly requests: readonly RequestView[] }>('requests');
    return requests;
  }

  standing(): Promise<StandingView> {
    return this.#get('standing');
  }

  access(): Promise<Asked<{ readonly report: AccessReport }>> {
    return this.#post('access');
  }

  exportData(passphrase?: string): Promise<Asked<{ readonly file: PortableFile }>> {
    return this.#post('export', passphrase === undefined ? {} : { passphrase });
  }

  importData(text: string, passphrase?: string): Promise<Asked<Imported>> {
    return this.#post('import', { text, ...(passphrase === undefined ? {} : { passphrase }) });
  }

  rectify(attributes: Attributes): Promise<Asked<{ readonly attributes: Attributes }>> {
    return this.#post('rectification', attributes);
  }

  restrict(): Promise<Asked<{ readonly standing: StandingView }>> {
    return this.#post('restriction');
  }

  resume(): Promise<Asked<{ readonly standing: StandingView }>> {
    return this.#transport.call('DELETE', '/subjects/me/restriction');
  }

  object(): Promise<Asked<{ readonly standing: StandingView }>> {
    return this.#post('objections');
  }

  retract(purposes: readonly string[]): Promise<Asked<{ readonly standing: StandingView }>> {
    return this.#post('objections/retraction', { purposes });
  }

  async decisions(): Promise<readonly DecisionView[]> {
    const { decisions } = await this.#get<{ readonly decisions: readonly DecisionView[] }>('decisions');
    return decisions;
  }

  contest(decision: string, statement: string): Promise<RequestView> {
    return this.#post(`decisions/${encodeURIComponent(decision)}/contest`, { statement });
  }

  complain(statement: string, region?: string): Promise<Asked<{ readonly regulators: readonly Regulator[] }>> {
    return this.#post('complaints', { statement, ...(region === undefined ? {} : { region }) });
  }

  summary(): Promise<Asked<{ readonly summary: object }>> {
    return this.#post('ccpa/summary');
  }

  #get<Answer>(path: string): Promise<Answer> {
    return this.#transport.call('GET', `/subjects/me/${path}`);
  }

  #post<Answer>(path: string, body: object = {}): Promise<Answer> {
    return this.#transport.call('POST', `/subjects/me/${path}`, body);
  }
}
