import { languageOf } from '@asignio/bridge';
import type { Request, Response } from 'express';
import type { MessageName } from '../bindings/encoding.ts';
import { redirectUrl } from '../bindings/write-redirect.ts';
import { signXml } from '../crypto/sign.ts';
import type { SigningKey } from '../crypto/sign.ts';
import { harden } from '../pages/headers.ts';
import type { Pages } from '../pages/pages.ts';
import type { Xml } from '../xml/write.ts';

/** A message about a sign-out on its way. */
export interface Outgoing {
  /** `ID` of the message. */
  readonly id: string;
  readonly to: string;
  readonly binding: 'redirect' | 'post';
  readonly name: MessageName;
  /** In canonical form. */
  readonly message: Xml;
  readonly relayState?: string | undefined;
}

/** Sends the browser on with a signed message. */
export function send(pages: Pages, req: Request, res: Response, outgoing: Outgoing, key: SigningKey): void {
  const { id, to, binding, name, message, relayState } = outgoing;
  harden(res, true);
  if (binding === 'redirect') {
    res.redirect(303, redirectUrl(to, name, message, key, relayState));
    return;
  }
  const value = Buffer.from(signXml(message, id, key).text).toString('base64');
  const language = languageOf(req.headers['accept-language']);
  res.type('html').send(pages.answer(language, new URL(to).host, to, { name, value, relayState }));
}
