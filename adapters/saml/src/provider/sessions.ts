import { randomBytes } from 'node:crypto';
import type { SubjectId, TenantId } from '@asignio/contracts';
import type { Cabinet, CabinetKey, Json } from '@asignio/core';
import type { UpstreamSession } from '../consumer/logout.ts';
import type { LogoutName } from '../logout/name.ts';
import { toJson } from './tickets.ts';

/** A service provider that took a sign-in, and how it knows the person. */
export interface Participant {
  /** entityID. */
  readonly serviceProvider: string;
  readonly nameId: { readonly format: string; readonly value: string; readonly qualified: boolean };
  readonly sessionIndex: string;
}

/** Somebody who is signed in at the identity provider. */
export interface Session {
  readonly subject: SubjectId;
  /** When the decision was made, ms since the epoch. */
  readonly at: number;
  /** Names of all assurance profiles that the decision satisfies. */
  readonly assurance: readonly string[];
  readonly endsAt: number;
  /** entityID of the identity provider that said who it is; `null` where nobody else did. */
  readonly authority: string | null;
  /** What that one calls the session there, in messages about its end. */
  readonly upstream: UpstreamSession | null;
  /** Who is to be told when they sign out; the latest last. */
  readonly participants: readonly Participant[];
}

/** Who is signed in, in the store, named by a keyed hash of what the cookie says. */
export class Sessions {
  private readonly cabinet: Cabinet;
  private readonly tenant: TenantId;

  constructor({ cabinet, tenant }: { readonly cabinet: Cabinet; readonly tenant: TenantId }) {
    this.cabinet = cabinet;
    this.tenant = tenant;
  }

  async find(token: string | undefined): Promise<Session | undefined> {
    if (token === undefined || !TOKEN.test(token)) return undefined;
    return (await this.cabinet.get(this.key(token))) as unknown as Session | undefined;
  }

  /**
   * Begins one under a name of its own, whatever the browser brought, and ends the one it had. Where that was of the same
   * person, who took it is to be told of the end of this one.
   */
  async begin(begun: Omit<Session, 'participants'>, before: string | undefined): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    const former = await this.find(before);
    const participants = participantsOf(former, begun);
    const session: Session = { ...begun, upstream: upstreamOf(former, begun), participants };
    await this.cabinet.put(this.key(token), toJson(session), {
      expiresAt: session.endsAt,
      group: `saml.session ${token}`,
      subject: session.subject,
    });
    for (const participant of participants) await this.note(token, participant, session.endsAt);
    await this.noteUpstream(token, session);
    const known = new Set(participants.map(({ sessionIndex }) => sessionIndex));
    // Who joined meanwhile.
    for (const participant of participantsOf(await this.end(before), begun))
      if (!known.has(participant.sessionIndex)) await this.join(token, participant, session.endsAt);
    return token;
  }

  /** Notes who took the sign-in. A session that ended meanwhile stays ended. */
  async join(token: string, participant: Participant, endsAt: number): Promise<void> {
    await this.cabinet.change(this.key(token), (value) => {
      const session = value as unknown as Session;
      return { ...session, participants: [...session.participants, participant].slice(-MOST) } as unknown as Json;
    });
    await this.note(token, participant, endsAt);
  }

  /** By what the identity provider upstream finds it. */
  private async noteUpstream(token: string, { authority, upstream, endsAt }: Session): Promise<void> {
    if (authority === null || upstream === null) return;
    const terms = { expiresAt: endsAt, group: `saml.session ${token}` };
    for (const index of upstream.sessionIndexes)
      await this.cabinet.put(this.upstreamIndex(authority, upstream.name, index), token, terms);
  }

  /** The session that the identity provider upstream knows by an index of somebody. */
  async tokenOfUpstream(authority: string, name: LogoutName, sessionIndex: string): Promise<string | undefined> {
    const token = await this.cabinet.get(this.upstreamIndex(authority, name, sessionIndex));
    return typeof token === 'string' ? token : undefined;
  }

  /** By what a service provider finds it. */
  private async note(token: string, { serviceProvider, sessionIndex }: Participant, expiresAt: number): Promise<void> {
    const terms = { expiresAt, group: `saml.session ${token}` };
    await this.cabinet.put(this.index(serviceProvider, sessionIndex), token, terms);
  }

  /** The session that a service provider knows by an index. */
  async tokenOf(serviceProvider: string, sessionIndex: string): Promise<string | undefined> {
    if (sessionIndex === '') return undefined;
    const token = await this.cabinet.get(this.index(serviceProvider, sessionIndex));
    return typeof token === 'string' ? token : undefined;
  }

  /** Ends it, with all that hangs on it; of any number of callers one gets what it was. */
  async end(token: string | undefined): Promise<Session | undefined> {
    if (token === undefined || !TOKEN.test(token)) return undefined;
    const session = (await this.cabinet.take(this.key(token))) as unknown as Session | undefined;
    await this.cabinet.removeGroup(this.tenant, `saml.session ${token}`);
    return session;
  }

  private index(serviceProvider: string, sessionIndex: string): CabinetKey {
    return { tenant: this.tenant, drawer: 'saml.participant', id: `${sessionIndex} ${serviceProvider}` };
  }

  private upstreamIndex(authority: string, { value }: LogoutName, sessionIndex: string): CabinetKey {
    const id = JSON.stringify([authority, value, sessionIndex]);
    return { tenant: this.tenant, drawer: 'saml.upstream-session', id };
  }

  private key(token: string): CabinetKey {
    return { tenant: this.tenant, drawer: 'saml.session', id: token };
  }
}

function participantsOf(before: Session | undefined, { subject }: Pick<Session, 'subject'>): readonly Participant[] {
  return before?.subject === subject ? before.participants : [];
}

/** Where it goes on, it goes by every index that it had. */
function upstreamOf(
  before: Session | undefined,
  { subject, authority, upstream }: Pick<Session, 'subject' | 'authority' | 'upstream'>,
): UpstreamSession | null {
  const former = before?.subject === subject && before.authority === authority ? before.upstream : null;
  if (upstream === null || former === null || former.name.value !== upstream.name.value) return upstream;
  const sessionIndexes = [...new Set([...former.sessionIndexes, ...upstream.sessionIndexes])].slice(-MOST_INDEXES);
  return { ...upstream, sessionIndexes };
}

const MOST_INDEXES = 10;
/** Of more, the earliest are not told. */
const MOST = 50;
const TOKEN = /^[\w-]{43}$/;
