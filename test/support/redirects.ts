import type { Answer, Visitor } from './visitor.ts';

/** Goes where redirects lead as long as they stay here; `path` is the last one, `to` where it left to. */
export async function follow(
  visitor: Visitor,
  url: string,
  form?: Record<string, string>,
): Promise<{ answer: Answer; path: string; to: string | undefined }> {
  let path = new URL(url, visitor.base).href;
  let answer = form === undefined ? await visitor.get(path) : await visitor.form(path, form);
  for (let hops = 0; hops < 10; hops++) {
    const location = answer.headers.get('location');
    if (location === null) return { answer, path, to: undefined };
    const next = new URL(location, path);
    if (next.origin !== visitor.base) return { answer, path, to: next.href };
    path = next.href;
    answer = await visitor.get(path);
  }
  throw new Error(`It goes round in circles at ${path}`);
}
