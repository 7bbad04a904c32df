import { randomBytes } from 'node:crypto';
import { AsignioError, subjectId } from '@asignio/contracts';
import type { SubjectId, TenantId } from '@asignio/contracts';
import type { Cabinet, CabinetTerms, Json } from '@asignio/core';
import { errors } from 'oidc-provider';
import type { BackchannelAuthenticationRequest, CIBAConfiguration, KoaContextWithOIDC } from 'oidc-provider';
import type { Asks, Params } from '../provider/asks.ts';
import { textOf } from '../provider/asks.ts';
import { clientOf } from '../provider/clients.ts';
import type { Settings } from '../options.ts';
import type { BackchannelOptions } from './options.ts';

/** A request that waits for a person. */
export interface Waiting {
  /** Id of the request at the provider. */
  readonly request: string;
  readonly subject: SubjectId;
  /** What they type at sign-in. */
  readonly name: string;
  readonly client: string;
  readonly scope: string;
  readonly text: string;
  /** Assurance profile. */
  readonly assurance: string;
  readonly expiresAt: number;
  /** When the person was first shown it, ms since the epoch: what was drawn before is not for it. */
  readonly shownAt?: number;
}

const DRAWER = 'oidc.backchannel';
/** What a client waits for of somebody: one thing at a time. */
const OPEN = 'oidc.backchannel-open';
const NAME = 'oidc.backchannel-name';
const DEFAULT_S = 300;
const LONGEST_TEXT = 200;
/** Nothing that moves, hides or reorders what a person reads: control, format, separator, private and unassigned characters. */
const READABLE = /^[^\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]+$/u;

/** Requests that wait for a phone, in the store. */
export class Waitings {
  private readonly cabinet: Cabinet;
  private readonly settings: Settings;
  private readonly options: BackchannelOptions;
  private readonly asks: Asks;

  constructor(cabinet: Cabinet, settings: Settings, options: BackchannelOptions, asks: Asks) {
    this.cabinet = cabinet;
    this.settings = settings;
    this.options = options;
    this.asks = asks;
  }

  get seconds(): number {
    return this.options.expiresIn ?? DEFAULT_S;
  }

  /** How oidc-provider is told to do it. */
  configuration(): CIBAConfiguration {
    return {
      enabled: true,
      deliveryModes: ['poll'],
      processLoginHint: async (ctx, hint) => this.personOf(ctx, hint ?? ''),
      processLoginHintToken: () => Promise.reject(new errors.InvalidRequest('name the person by login_hint')),
      // The person's name towards the client is not their id here.
      validateRequestContext(ctx) {
        if (ctx.oidc.params?.['id_token_hint'] !== undefined)
          throw new errors.InvalidRequest('name the person by login_hint');
      },
      validateBindingMessage(_ctx, text) {
        if (text === undefined || text.trim() === '' || text.length > LONGEST_TEXT || !READABLE.test(text))
          throw new errors.InvalidBindingMessage(
            `binding_message must be 1-${LONGEST_TEXT} characters that a person can read, on one line`,
          );
      },
      verifyUserCode: () => undefined,
      triggerAuthenticationDevice: async (ctx, request, _account, client) => this.ask(ctx, request, client.clientId),
    };
  }

  /** What waits under a page's number; `undefined` where nothing does. */
  async find(number: string): Promise<Waiting | undefined> {
    if (!/^[\w-]{43}$/.test(number)) return undefined;
    return (await this.cabinet.get(this.key(DRAWER, number))) as unknown as Waiting | undefined;
  }

  /** The person sees it now. */
  async show(number: string): Promise<Waiting | undefined> {
    if ((await this.find(number)) === undefined) return undefined;
    const shown = await this.cabinet.change(this.key(DRAWER, number), (value) => {
      const waiting = value as unknown as Waiting;
      return waiting.shownAt === undefined ? toJson({ ...waiting, shownAt: this.settings.clock.now() }) : undefined;
    });
    return shown as unknown as Waiting | undefined;
  }

  /** Of any number who answer it one does. */
  async take(number: string): Promise<Waiting | undefined> {
    const taken = (await this.cabinet.take(this.key(DRAWER, number))) as unknown as Waiting | undefined;
    if (taken !== undefined) await this.cabinet.remove(this.key(OPEN, `${taken.client} ${taken.subject}`));
    return taken;
  }

  private async personOf(ctx: KoaContextWithOIDC, hint: string): Promise<string | undefined> {
    const wanted = this.asks.wanted(ctx.oidc.params as Params);
    if ('unmet' in wanted) throw new errors.InvalidRequest('the acr that is essential cannot be reached here');
    const found = hint.length > 256 ? undefined : await this.options.subject(hint, ctx.oidc.client?.clientId ?? '');
    if (found === undefined) return undefined;
    const { subject, name = subject }: { subject: string; name?: string } =
      typeof found === 'string' ? { subject: found } : found;
    const id = subjectId(subject);
    await this.cabinet.put(this.key(NAME, id), name, this.terms(id, this.settings.clock.now() + this.seconds * 1000));
    return id;
  }

  /** Nobody is asked a second time while they are asked: a person who is asked again and again says yes in the end. */
  private async ask(ctx: KoaContextWithOIDC, request: BackchannelAuthenticationRequest, client: string): Promise<void> {
    const params = ctx.oidc.params as Params;
    const subject = request.accountId as SubjectId;
    const wanted = this.asks.wanted(params);
    if ('unmet' in wanted) throw new errors.InvalidRequest('the acr that is essential cannot be reached here');
    const number = randomBytes(32).toString('base64url');
    const expiresAt = this.settings.clock.now() + this.seconds * 1000;
    const open = this.key(OPEN, `${client} ${subject}`);
    if (!(await this.cabinet.add(open, number, this.terms(subject, expiresAt))))
      throw new errors.InvalidRequest('the person is being asked by this client already');
    const text = textOf(params['binding_message']) ?? '';
    const name = await this.cabinet.get(this.key(NAME, subject));
    const waiting: Waiting = {
      request: request.jti,
      subject,
      name: typeof name === 'string' ? name : subject,
      client,
      scope: textOf(params['scope']) ?? 'openid',
      text,
      assurance: wanted.profile.name,
      expiresAt,
    };
    await this.cabinet.put(this.key(DRAWER, number), toJson(waiting), this.terms(subject, expiresAt));
    try {
      await this.options.notify({
        subject,
        url: `${this.settings.issuer.href.replace(/\/$/, '')}/confirm/${number}`,
        client: { id: client, name: clientOf(this.settings, client)?.name ?? client },
        text,
        expiresAt,
      });
    } catch (error) {
      await this.take(number);
      throw new AsignioError('ASIGNIO_INTERNAL', 'The option `backchannel.notify` failed', { cause: error });
    }
  }

  /** R9: it goes with the person. */
  private terms(subject: SubjectId, expiresAt: number): CabinetTerms {
    return { expiresAt, group: `oidc.backchannel ${subject}`, subject };
  }

  private key(drawer: string, id: string): { tenant: TenantId; drawer: string; id: string } {
    return { tenant: this.settings.tenant, drawer, id };
  }
}

function toJson(waiting: Waiting): Json {
  return { ...waiting };
}
