import { SIGNATURE_MEDIA_TYPE } from '@asignio/contracts';
import type { SignatureSample } from '@asignio/contracts';

/** What came back: status, and the body as JSON where it is some. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads whatever the server says
  readonly json: any;
}

/** A browser without a screen: cookies, an origin, no redirects followed. */
export class Visitor {
  readonly base: string;
  private readonly cookies: Map<string, string>;

  /** Headers that go with every request. */
  private readonly headers: Readonly<Record<string, string>>;

  constructor(
    base: string,
    cookies: ReadonlyMap<string, string> = new Map(),
    headers: Readonly<Record<string, string>> = {},
  ) {
    this.base = base;
    this.cookies = new Map(cookies);
    this.headers = headers;
  }

  /** The same browser at another address, or a copy of it in other hands. */
  at(base: string): Visitor {
    return new Visitor(base, this.cookies, this.headers);
  }

  /** What it holds under a name. */
  cookie(name: string): string | undefined {
    return this.cookies.get(name);
  }

  async send(
    method: string,
    path: string,
    body?: string | Uint8Array,
    type?: string,
    origin = new URL(this.base).origin,
  ): Promise<Answer> {
    const response = await fetch(new URL(path, this.base), {
      method,
      redirect: 'manual',
      headers: {
        ...this.headers,
        origin,
        cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(type === undefined ? {} : { 'content-type': type }),
      },
      ...(body === undefined ? {} : { body: body as BodyInit }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      const at = pair.indexOf('=');
      if (/max-age=0|expires=Thu, 01 Jan 1970/i.test(cookie)) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
  }

  get = (path: string) => this.send('GET', path);
  post = (path: string, value: unknown = {}) => this.send('POST', path, JSON.stringify(value), 'application/json');
  form = (path: string, fields: Record<string, string>, origin?: string) =>
    this.send('POST', path, new URLSearchParams(fields).toString(), 'application/x-www-form-urlencoded', origin);
  put = (path: string, sample: SignatureSample) => this.send('PUT', path, JSON.stringify(sample), SIGNATURE_MEDIA_TYPE);

  /** Reads the notice and signs the written release. */
  async consent(name = 'Ada Lovelace'): Promise<Answer> {
    const notice = await this.get('/asignio/notices/current?language=en');
    return this.post('/asignio/subjects/me/consents', {
      noticeVersion: notice.json.version,
      noticeSha256: notice.json.sha256,
      language: notice.json.language,
      modality: 'signature',
      purposes: ['authentication'],
      signature: { method: 'typed-name', name },
    });
  }

  /**
   * Draws until the enrolment has what it needs; resolves to the answer of its completion, or to the last refusal when
   * fifteen drawings were not enough (some synthetic people have a signature that is too simple).
   */
  async enrol(draw: () => SignatureSample): Promise<Answer> {
    const begun = await this.post('/asignio/ceremonies', { kind: 'enrolment', modalities: ['signature'] });
    if (begun.status !== 201) return begun;
    const path = `/asignio/ceremonies/${begun.json.id}`;
    let answer = begun;
    for (let tries = 0; tries < 15; tries++) {
      answer = await this.put(`${path}/samples/signature`, draw());
      if (answer.status === 200 && answer.json.received === answer.json.needed) return this.post(`${path}/complete`);
      if (answer.status >= 500) break;
    }
    return answer;
  }

  /** One verification, up to the decision. */
  async verify(subject: string | undefined, sample: SignatureSample): Promise<Answer & { readonly ceremony: string }> {
    const begun = await this.post('/asignio/ceremonies', {
      kind: 'verification',
      modalities: ['signature'],
      ...(subject === undefined ? {} : { subject }),
    });
    if (begun.status !== 201) return { ...begun, ceremony: '' };
    const path = `/asignio/ceremonies/${begun.json.id}`;
    const sent = await this.put(`${path}/samples/signature`, sample);
    if (sent.status !== 202) return { ...sent, ceremony: begun.json.id as string };
    return { ...(await this.post(`${path}/complete`)), ceremony: begun.json.id as string };
  }
}
