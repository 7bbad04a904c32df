import { Person as Visitor } from '@asignio/test-bridges';
import type { Page } from '@asignio/test-bridges';

export { attribute } from '@asignio/test-bridges';
export type { Page } from '@asignio/test-bridges';

/** Somebody with a browser who goes where the provider is, and to friends of theirs alone. */
export class Person extends Visitor {
  /** Origins beside the provider's that this browser goes to; a cookie knows no ports. */
  readonly friends = new Set<string>();

  /** The whole way, from the relying party's request to its redirect URI. */
  async signIn(url: string, attributes: readonly string[] = []): Promise<URL> {
    const page = await this.through(url, attributes);
    if (page.to === null) throw new Error(`Stuck at ${page.url}: ${page.status} ${page.text}`);
    return new URL(page.to);
  }

  /** Whatever the provider asks on the way. Ends on a friend's page. */
  async through(url: string, attributes: readonly string[] = []): Promise<Page> {
    return this.answer(await this.follow(url), attributes);
  }

  protected override goesTo({ origin }: URL): boolean {
    return origin === this.base || this.friends.has(origin);
  }
}
