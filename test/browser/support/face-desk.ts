import { createHash, randomBytes, randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CHALLENGE_BYTES, commitmentInput, unpackFaceFrames, type FaceFrame } from '@asignio/contracts';

/** What somebody may be asked, after looking straight. */
const POOL = ['turn-left', 'turn-right', 'look-up', 'move-closer', 'blink'] as const;
const MOST_MS = 30_000;

/** One challenge as the server of the page saw it. */
export interface SeenChallenge {
  readonly prompts: readonly string[];
  readonly frames: readonly FaceFrame[];
  /** Whether what was sent is what had been committed to, step by step. */
  readonly committed: boolean;
}

/** One drawing as the server of the page saw it. */
export interface SeenDrawing {
  /** Whether it is the one that was said to be made while the camera looked. */
  readonly announced: boolean;
}

/** What asks for a prompt. */
interface Said {
  readonly commitment?: string;
  readonly beside?: string;
  readonly sample?: { readonly sha256: string; readonly from: number; readonly to: number };
}

/** A page with the face component, and a server that plays the ceremony without a biometric engine. */
export interface FaceDesk {
  readonly url: string;
  readonly seen: readonly SeenChallenge[];
  readonly drawings: readonly SeenDrawing[];
  /** The next sample is refused with this code. */
  refuseNext(code: string): void;
  close(): Promise<void>;
}

const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types asignio',
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript',
  css: 'text/css',
  bin: 'application/octet-stream',
};

/** Starts it on a free port of this machine. */
export async function startFaceDesk(): Promise<FaceDesk> {
  const seen: SeenChallenge[] = [];
  const drawings: SeenDrawing[] = [];
  let nonce = Buffer.alloc(0);
  let prompts: string[] = [];
  let commitments: string[] = [];
  let received = 0;
  let drawn: string | undefined;
  let signed = 0;
  let beside = false;
  let only = false;
  let refusal: string | undefined;

  const view = (state: string, decision?: string): object => ({
    id: 'face-ceremony',
    kind: 'verification',
    state,
    samples: { signature: { needed: 1, received: signed }, face: { needed: 1, received } },
    ...(only ? { together: true } : {}),
    expiresAt: new Date(Date.now() + 300_000).toISOString(),
    ...(decision === undefined ? {} : { decision }),
  });
  const prompt = (): object => ({
    nonce: nonce.toString('base64url'),
    step: commitments.length,
    steps: beside ? 5 : 4,
    prompt: prompts[commitments.length] ?? null,
    leastMs: 700,
    mostMs: MOST_MS,
  });

  const answer = async (req: IncomingMessage, url: URL): Promise<{ status: number; body: object }> => {
    const body = await bytesOf(req);
    const path = url.pathname.replace('/asignio/ceremonies', '');
    if (path === '') {
      received = 0;
      signed = 0;
      only = (JSON.parse(body.toString()) as { readonly assurance?: string }).assurance === 'one-sitting';
      return { status: 201, body: view('open') };
    }
    if (path.endsWith('/complete')) return { status: 200, body: view('decided', 'accepted') };
    if (path.endsWith('/prompts/face')) {
      const said = JSON.parse(body.toString()) as Said;
      const { commitment, sample } = said;
      if (only && commitment === undefined && said.beside !== 'signature')
        return { status: 409, body: { code: 'ASIGNIO_TOGETHER_REQUIRED', title: '', remedy: '' } };
      if (commitment === undefined) {
        nonce = randomBytes(CHALLENGE_BYTES);
        prompts = ['look-straight'];
        commitments = [];
        beside = said.beside === 'signature';
      } else {
        commitments.push(commitment);
        const others = POOL.filter((one) => one !== prompts.at(-1));
        if (sample !== undefined) drawn = sample.sha256;
        if (beside && prompts.length === 4) prompts.push('sign');
        else if (prompts.length < 4) prompts.push(others[randomInt(others.length)] ?? 'blink');
      }
      return { status: 200, body: prompt() };
    }
    if (path.endsWith('/samples/signature')) {
      drawings.push({ announced: beside && createHash('sha256').update(body).digest('base64url') === drawn });
      signed = 1;
      return { status: 202, body: { needed: 1, received: signed } };
    }
    if (path.endsWith('/samples/face')) {
      const frames = unpackFaceFrames(body);
      const committed = commitments.every((commitment, step) => {
        const own = frames.filter((frame) => frame.step === step);
        const hashed = own.map(({ t, jpeg }) => ({ t, sha256: createHash('sha256').update(jpeg).digest() }));
        return (
          createHash('sha256')
            .update(commitmentInput(nonce, step, hashed))
            .digest('base64url') === commitment
        );
      });
      seen.push({ prompts, frames, committed });
      if (refusal !== undefined) {
        const code = refusal;
        refusal = undefined;
        return {
          status: 422,
          body: { code, title: 'Refused', remedy: 'Do better.', findings: [{ code, message: '' }] },
        };
      }
      received = 1;
      return { status: 202, body: { needed: 1, received } };
    }
    return { status: 404, body: { code: 'ASIGNIO_NOT_FOUND' } };
  };

  const serve = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const url = new URL(req.url ?? '/', 'http://localhost');
    res.setHeader('Content-Security-Policy', CSP);
    res.setHeader('Cache-Control', 'no-store');
    const file = /^\/asignio\/capture\/([\w-]+\.(\w+))$/.exec(url.pathname);
    if (file !== null) {
      // As Asignio's own router serves them: a worker has the policy that it is served with.
      res.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
      res.setHeader('Content-Type', TYPES[file[2] ?? ''] ?? 'text/plain');
      res.end(await readFile(new URL(import.meta.resolve(`@asignio/capture/browser/${file[1]}`))));
    } else if (url.pathname.startsWith('/asignio/')) {
      const { status, body } = await answer(req, url);
      res.statusCode = status;
      res.setHeader('Content-Type', status < 400 ? 'application/json' : 'application/problem+json');
      res.end(JSON.stringify(body));
    } else {
      res.setHeader('Content-Type', 'text/html; charset=utf-8');
      res.end(page(url.searchParams.get('lang') ?? 'en', url.searchParams.get('modalities') ?? 'face'));
    }
  };

  const server = createServer((req, res) => {
    serve(req, res).catch((error: unknown) => {
      res.statusCode = 500;
      res.end(JSON.stringify({ code: 'ASIGNIO_INTERNAL', title: String(error) }));
    });
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    seen,
    drawings,
    refuseNext: (code) => (refusal = code),
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

function page(lang: string, modalities: string): string {
  return `<!doctype html><html lang="${lang === 'ar' || lang === 'es' ? lang : 'en'}"${lang === 'ar' ? ' dir="rtl"' : ''}><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>Face</title>
    <link rel="icon" href="data:,"><link rel="stylesheet" href="/asignio/capture/asignio.css"><script type="module" src="/asignio/capture/asignio.js"></script></head>
    <body class="asignio-page"><main class="asignio-column"><asignio-ceremony kind="verification" heading-level="1" subject="ada" modalities="${modalities === 'face' ? 'face' : 'signature face'}"${modalities === 'one-sitting' ? ' order="apart" assurance="one-sitting"' : ''}></asignio-ceremony></main></body></html>`;
}

async function bytesOf(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
