import { MESSAGE_LIMITS } from '../xml/parse.ts';
import { Refused } from '../xml/refused.ts';
import { checkRelayState, decodeBase64, decodeUtf8 } from './encoding.ts';
import type { Incoming, MessageName } from './encoding.ts';

/**
 * Reads a message out of a form (SAML 2.0 Bindings, 3.5). Its signature, if there is one, is inside the message.
 * @param form the parsed body
 * @throws Refused
 */
export function readPost(form: unknown, name: MessageName): Incoming {
  const message = field(form, name);
  if (message === undefined) throw new Refused('missing', `There is no ${name}`);
  const relayState = checkRelayState(field(form, 'RelayState'));
  const text = decodeUtf8(decodeBase64(message, MESSAGE_LIMITS.characters));
  return { text, ...(relayState === undefined ? {} : { relayState }) };
}

function field(form: unknown, name: string): string | undefined {
  if (typeof form !== 'object' || form === null || !Object.hasOwn(form, name)) return undefined;
  const value = (form as Record<string, unknown>)[name];
  if (typeof value !== 'string') throw new Refused('parameters', 'A parameter is there twice');
  return value;
}
