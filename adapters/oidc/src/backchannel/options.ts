import Joi from 'joi';

/** A request that waits for a person's own device. */
export interface BackchannelMessage {
  /** The id that Asignio knows the person by. */
  readonly subject: string;
  /** The page to open on their device: what they are asked is there, and they draw. It is good for one request, and for nobody who cannot draw like them. */
  readonly url: string;
  readonly client: { readonly id: string; readonly name: string };
  /** What the client wants confirmed, word for word: `Pay 120 EUR to Bob`. */
  readonly text: string;
  /** ms since the epoch. */
  readonly expiresAt: number;
}

/** Client-Initiated Backchannel Authentication (OpenID Connect CIBA Core 1.0), in poll mode: somebody's client asks, their phone signs. */
export interface BackchannelOptions {
  /**
   * Whom Asignio knows a `login_hint` as, and under which name they type it; `undefined` for nobody here, which the client
   * is told.
   */
  readonly subject: (
    hint: string,
    client: string,
  ) => BackchannelPerson | string | undefined | Promise<BackchannelPerson | string | undefined>;
  /** Brings the address to the person: a push message, a text message, a page of theirs. */
  readonly notify: (message: BackchannelMessage) => void | Promise<void>;
  /** How long a request waits, seconds. @default 300 */
  readonly expiresIn?: number;
}

/** Somebody here. */
export interface BackchannelPerson {
  /** The id that Asignio knows them by. */
  readonly subject: string;
  /** What they type at sign-in. @default the same */
  readonly name?: string;
}

export const BACKCHANNEL = Joi.object({
  subject: Joi.function().required(),
  notify: Joi.function().required(),
  expiresIn: Joi.number().integer().min(30).max(3600),
});
