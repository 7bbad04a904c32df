import { attribute, Person as Visitor, unescaped } from '@asignio/test-bridges';
import type { Page } from '@asignio/test-bridges';
import { expect } from 'chai';

export { attribute } from '@asignio/test-bridges';
export type { Page } from '@asignio/test-bridges';

/** What a page brings to the service provider. */
export interface Answer {
  /** Where it is posted to. */
  readonly action: string;
  /** XML. */
  readonly response: string;
  /** As it is posted. */
  readonly encoded: string;
  readonly relayState: string | undefined;
}

/** Somebody with a browser on the way to a service provider. */
export class Person extends Visitor {
  /** The whole way, from the first page to what goes to the service provider. */
  async signIn(first: Page, attributes: readonly string[] = []): Promise<Answer> {
    return answerOf(await this.answer(first, attributes));
  }
}

/** What a page brings to the service provider. */
export function answerOf(page: Page): Answer {
  const value = (name: string): string | undefined => {
    const found = new RegExp(`name="${name}" value="([^"]*)"`).exec(page.text)?.[1];
    return found === undefined ? undefined : unescaped(found);
  };
  const encoded = value('SAMLResponse');
  if (encoded === undefined) throw new Error(`No answer at ${page.url}: ${page.status} ${page.text}`);
  return {
    action: attribute(page.text, 'action'),
    response: Buffer.from(encoded, 'base64').toString(),
    encoded,
    relayState: value('RelayState'),
  };
}

/** Nothing goes anywhere: a page for the person, with the reason. */
export async function refused(page: Page | Promise<Page>, reason: string): Promise<void> {
  const { status, text } = await page;
  expect([status, /<code>([\w-]+)<\/code>/.exec(text)?.[1]]).to.deep.equal([400, reason]);
}
