import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** What OpenCV said of itself. */
interface Greeting {
  readonly version: string;
  /** Of the face that it found: left, top, width, height, px. */
  readonly box: readonly [number, number, number, number];
  /** Whether it takes the embedder's file. */
  readonly recognises: boolean;
}

/** OpenCV in a process of its own, on one thread. */
export interface OpenCv extends Greeting {
  /** Does it once. @returns ms that it took */
  time(work: 'detect' | 'recognise'): Promise<number>;
  end(): Promise<void>;
}

/** @returns nothing where there is no Python with OpenCV, or one that cannot do it */
export async function startOpenCv(script: string, files: readonly string[]): Promise<OpenCv | undefined> {
  const python = process.env['ASIGNIO_OPENCV_PYTHON'] ?? '/usr/bin/python3';
  const child = spawn(python, [script, ...files], { stdio: ['pipe', 'pipe', 'ignore'] });
  const gone = new Promise<undefined>((resolve) => child.once('error', () => resolve(undefined)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => (await lines.next()) as { readonly value?: string };
  const first = (await Promise.race([answer(), gone]))?.value;
  if (first === undefined) return undefined;
  return {
    ...(JSON.parse(first) as Greeting),
    time: async (work) => {
      child.stdin.write(`${work}\n`);
      return Number((await answer()).value);
    },
    end: async () => {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}
