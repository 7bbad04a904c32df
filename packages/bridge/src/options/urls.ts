const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether a text is an absolute URL that can be trusted to reach the one it names: https, or http on this very machine. */
export function isSafeUrl(text: string): boolean {
  if (text.length > 2000 || !URL.canParse(text)) return false;
  const url = new URL(text);
  if (text.includes('#') || url.username !== '' || url.password !== '') return false;
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && LOOPBACK.has(url.hostname);
}
