import { SIGNATURE_MEDIA_TYPE } from '@asignio/contracts';

export interface Page {
  readonly status: number;
  readonly url: string;
  readonly headers: Headers;
  readonly text: string;
  /** Where it leads, if it redirects. */
  readonly to: string | null;
}

/** How a drawing is made: as whom, by whom, how well. */
interface Drawn {
  readonly by?: string;
  readonly assurance?: string;
  readonly score?: number;
}

interface Cookie {
  readonly value: string;
  readonly path: string;
}

/** Somebody with a browser: keeps cookies with their paths, follows redirects, fills in a bridge's pages. */
export class Person {
  readonly name: string;
  readonly base: string;
  private readonly jar = new Map<string, Cookie>();

  constructor(base: string, name: string) {
    this.base = base;
    this.name = name;
  }

  get cookies(): readonly string[] {
    return [...this.jar].map(([key, { value }]) => `${key.split(' ')[0]}=${value}`);
  }

  /** A browser to which an attacker gave this one's cookies, or some of them. */
  share(with_: Person, wanted: (name: string) => boolean): void {
    for (const [key, cookie] of this.jar) if (wanted(key)) with_.jar.set(key, cookie);
  }

  async go(
    url: string,
    form?: Record<string, string> | URLSearchParams,
    headers: Record<string, string> = {},
  ): Promise<Page> {
    const target = new URL(url, this.base);
    const cookie = [...this.jar]
      .filter(([, { path }]) => target.pathname.startsWith(path))
      .map(([key, { value }]) => `${key.split(' ')[0]}=${value}`)
      .join('; ');
    const response = await fetch(target, {
      method: form === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: {
        ...(cookie === '' ? {} : { cookie }),
        ...(form === undefined ? {} : { origin: this.base }),
        ...headers,
      },
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    });
    this.keep(response.headers.getSetCookie());
    return {
      status: response.status,
      url: target.href,
      headers: response.headers,
      text: await response.text(),
      to: response.headers.get('location'),
    };
  }

  /** Follows redirects until a page shows, or the way leads where this browser does not go. */
  async follow(
    url: string,
    form?: Record<string, string> | URLSearchParams,
    headers?: Record<string, string>,
  ): Promise<Page> {
    let page = await this.go(url, form, headers);
    for (let hops = 0; page.to !== null && hops < 10; hops++) {
      const next = new URL(page.to, page.url);
      if (!this.goesTo(next)) return page;
      page = await this.go(next.href);
    }
    return page;
  }

  /** On the page that asks for a drawing: draws, and goes on. */
  async draw(page: Page, how: Drawn & { readonly as?: string } = {}): Promise<Page> {
    const ceremony = await this.verify({
      ...how,
      as: how.as ?? this.name,
      assurance: how.assurance ?? attribute(page.text, 'assurance'),
    });
    return this.follow(attribute(page.text, 'action'), { ceremony });
  }

  /** Completes a verification as the component does; gives the ceremony's id. */
  async verify(how: Drawn & { readonly as: string }): Promise<string> {
    const begun = await this.api('POST', '/asignio/ceremonies', 'application/json', {
      kind: 'verification',
      modalities: ['signature'],
      subject: how.as,
      ...(how.assurance === undefined ? {} : { assurance: how.assurance }),
    });
    const { id } = JSON.parse(begun) as { id: string };
    const drawn = { who: how.by ?? how.as, ...(how.score === undefined ? {} : { score: how.score }) };
    await this.api('PUT', `/asignio/ceremonies/${id}/samples/signature`, SIGNATURE_MEDIA_TYPE, drawn);
    await this.api('POST', `/asignio/ceremonies/${id}/complete`, 'application/json', {});
    return id;
  }

  /** On the page that asks what may be told. */
  async agree(page: Page, attributes: readonly string[]): Promise<Page> {
    const form = new URLSearchParams(attributes.map((name): [string, string] => ['attribute', name]));
    return this.follow(`${new URL(page.url).pathname.replace(/\/login$/, '')}/consent`, form);
  }

  /** Whatever the bridge asks on the way: who, a drawing, consent. */
  async answer(first: Page, attributes: readonly string[] = []): Promise<Page> {
    let page = first;
    if (page.text.includes('name="who"')) page = await this.follow(`${page.url}?who=${this.name}`);
    if (page.text.includes('<asignio-ceremony')) page = await this.draw(page);
    if (page.text.includes('/consent"')) page = await this.agree(page, attributes);
    return page;
  }

  /** Whether this browser follows a redirect there. */
  protected goesTo(_url: URL): boolean {
    return true;
  }

  private async api(method: string, path: string, type: string, body: object): Promise<string> {
    const response = await fetch(new URL(path, this.base), {
      method,
      headers: { origin: this.base, 'content-type': type, cookie: this.cookies.join('; ') },
      body: JSON.stringify(body),
    });
    this.keep(response.headers.getSetCookie());
    return response.text();
  }

  private keep(lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      const path = /; *path=([^;]*)/i.exec(line)?.[1] ?? '/';
      const key = `${pair.slice(0, at)} ${path}`;
      if (/expires=Thu, 01 Jan 1970|max-age=0/i.test(line)) this.jar.delete(key);
      else this.jar.set(key, { value: pair.slice(at + 1), path });
    }
  }
}

/** An attribute of the first element of a page that has it. */
export function attribute(text: string, name: string): string {
  return unescaped(new RegExp(`\\s${name}="([^"]*)"`).exec(text)?.[1] ?? '');
}

/** Text of HTML, as it was before it was escaped. */
export function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
