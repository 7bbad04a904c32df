// Makes docs/errors.md from the table of error codes: node scripts/docs-errors.mjs [--check]
import { readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

const FILE = new URL('../docs/errors.md', import.meta.url);

/** Chapters in their order; a code belongs to the first that it fits. */
const CHAPTERS = [
  ['Samples', /^ASIGNIO_(SAMPLE|QUALITY)_/],
  ['Consent and policy', /^ASIGNIO_(CONSENT|NOTICE|PURPOSE|PERMIT|RETENTION|RECEIPT)_/],
  ['What people may ask for', /^ASIGNIO_(REQUESTER|CASE|EXTENSION|NOT_CONTESTABLE|SUMMARY|EXPORT|GUARDIAN|AGE)/],
  ['Ceremonies', /^ASIGNIO_(CEREMONY|NOT_VERIFIED|ENROLMENT|ATTEMPTS|MODALITY)/],
  ['Engine', /^ASIGNIO_(ENGINE|REFERENCE)_/],
  ['Storage, keys, plugins, audit', /^ASIGNIO_(STORAGE|KEY|PLUGIN|AUDIT|CHECKPOINT)_/],
  ['Command line', /^ASIGNIO_(CLI|CSV|FILE)_/],
  ['Requests and everything else', /^ASIGNIO_/],
];

const INTRODUCTION = `# Error codes

Every failure carries a stable code: as \`error.code\` of an \`AsignioError\` in code, and as \`code\` of the problem document
(RFC 9457, \`application/problem+json\`) over HTTP. A code is never renamed and never means something else later, so
\`switch (error.code)\` is safe. Problem documents of status 500 and above say nothing of the cause; the log has it, under the request id.

Made by \`node scripts/docs-errors.mjs\` from \`packages/contracts/src/errors.ts\`; a test fails when the two differ.
`;

/**
 * The document of a table of codes.
 * @param {Readonly<Record<string, { status: number, title: string, remedy: string }>>} errors
 */
export function renderErrors(errors) {
  const left = new Map(Object.entries(errors));
  const chapters = CHAPTERS.map(([title, pattern]) => {
    const rows = [...left].filter(([code]) => pattern.test(code));
    for (const [code] of rows) left.delete(code);
    return rows.length === 0 ? '' : `\n## ${title}\n\n${table(rows)}`;
  });
  if (left.size > 0) throw new Error(`Not a code: ${[...left.keys()].join(', ')}`);
  return INTRODUCTION + chapters.join('');
}

function table(rows) {
  const lines = rows.map(
    ([code, { status, title, remedy }]) => `| \`${code}\` | ${status} | ${cell(title)} | ${cell(remedy)} |`,
  );
  return ['| Code | HTTP | What it means | What to do |', '|---|---|---|---|', ...lines, ''].join('\n');
}

function cell(text) {
  return text.replaceAll('|', String.raw`\|`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { ERRORS } = await import('@asignio/contracts');
  const wanted = renderErrors(ERRORS);
  if (!process.argv.includes('--check')) await writeFile(FILE, wanted);
  else if ((await readFile(FILE, 'utf8')) !== wanted) {
    console.error('docs/errors.md is not what packages/contracts/src/errors.ts says: run node scripts/docs-errors.mjs');
    process.exitCode = 1;
  }
}
