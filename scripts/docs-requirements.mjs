// Makes docs/requirements.md from the table below, the titles of tests and the comments of code:
// node scripts/docs-requirements.mjs [--check]
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

const ROOT = new URL('../', import.meta.url);
const FILE = new URL('docs/requirements.md', ROOT);
export const COMMAND = 'node scripts/docs-requirements.mjs';

/** What is promised: number, behaviour, and the audit events that are its evidence. */
export const REQUIREMENTS = [
  [
    1,
    'Nobody is enrolled or verified without a live, signed consent to this modality, purpose and notice; the refusal comes before the sample is parsed.',
    ['collection.denied'],
  ],
  [
    2,
    'A consent is a written release: what is collected, why and for how long, the signature under it, the hash of the notice; the person gets a receipt.',
    ['consent.granted'],
  ],
  [3, 'The person gets a written confirmation of what is held about them.', ['confirmation.issued']],
  [
    4,
    'Taking consent back stops the next comparison, orders destruction, and points to another way in.',
    ['consent.withdrawn'],
  ],
  [5, 'Every purpose has a consent of its own; agreeing to one permits no other.', ['purpose.denied']],
  [
    6,
    'The due date is the earliest that any rule of retention gives; the sweep destroys what is past it.',
    ['retention.destroyed'],
  ],
  [7, 'Only what the person does moves the date from which retention counts.', ['interaction.recorded']],
  [
    8,
    'A legal hold names authority, reference, scope and review date; it stops destruction, permits no processing, and its release lets retention go on.',
    ['hold.placed', 'hold.released', 'hold.refused'],
  ],
  [
    9,
    'Destruction reaches records, keys, indexes, caches, vendors and (by the key) backups, and ends in a signed certificate.',
    ['destruction.started', 'destruction.certified'],
  ],
  [10, 'The published retention schedule is printed from the rules that the sweep applies.', ['schedule.published']],
  [11, 'Nothing leaves to be sold, leased, traded or marketed: there is no such purpose.', ['egress.denied']],
  [
    12,
    'A vendor is called only under a signed agreement in force for modality, purpose and region, and with consent.',
    ['vendor.called', 'vendor.denied'],
  ],
  [13, 'Whatever leaves has a row in the ledger: to whom, which fields, why, on what basis.', ['disclosure.recorded']],
  [14, 'A relying party learns the consented name, e-mail and phone at most.', ['assertion.issued']],
  [15, 'Risk signals that leave are coarse values of a list of allowed fields.', ['signal.shared', 'signal.denied']],
  [
    16,
    'Giving data to an authority or a successor takes a reference, an approver and a scope.',
    ['legal.disclosed', 'legal.refused'],
  ],
  [17, 'Notices have versions and languages, and serving one is recorded.', ['notice.served']],
  [
    18,
    'An access report names data, purposes, recipients and retention, from every store, within a month.',
    ['dsar.access'],
  ],
  [19, 'Enrolling anew corrects the data: the old reference is revoked and compares no more.', ['reference.revoked']],
  [20, 'A verified request for erasure destroys, or is told which exception stands against it.', ['dsar.erasure']],
  [21, 'Restricted data are stored and never processed.', ['processing.restricted', 'processing.resumed']],
  [22, 'The portable export fits a published schema and can be imported again.', ['dsar.portability']],
  [23, 'An objection ends profiling, marketing and improvement at once.', ['objection.applied']],
  [
    24,
    'A rejection or lockout keeps its reasons, model and threshold; the person can contest it, and a person decides.',
    ['decision.contested', 'decision.reviewed'],
  ],
  [
    25,
    'CCPA: two summaries in twelve months, the third refused with the date of the next; never unique biometric data.',
    ['ccpa.summary', 'ccpa.refused'],
  ],
  [
    26,
    'CCPA: sale is off; deletion knows the statutory exceptions and changes neither service nor price.',
    ['ccpa.deleted'],
  ],
  [27, 'Who asks is verified first, and not by biometrics alone.', ['requester.verified', 'requester.refused']],
  [
    28,
    'TLS in transit, authenticated encryption at rest, nothing in plain form where it need not be.',
    ['key.wrapped'],
  ],
  [29, 'Opening a reference is bound to role and purpose, and tenants are apart.', ['template.decrypted']],
  [
    30,
    'Assessments leave evidence, and a report of a compromise opens an incident.',
    ['assessment.recorded', 'incident.opened'],
  ],
  [31, 'Location is used on consent alone, for a lifetime of its own, and may be refused.', ['location.used']],
  [32, 'Region and transfer mechanism are checked before data are stored or leave.', ['transfer.checked']],
  [
    33,
    'A material change of the notice is announced, makes old consents stale and blocks until agreed to; a minor one is announced.',
    ['policy.published', 'consent.stale'],
  ],
  [
    34,
    'Under 16 nobody enrols alone: a verified guardian agrees, may look and remove; found out late, the data go promptly.',
    ['minor.blocked', 'custodian.verified'],
  ],
  [35, 'Mandatory notices cannot be switched off; marketing can.', ['notice.sent']],
  [36, 'Data combined with personal data are personal data.', ['dataset.reclassified']],
  [
    37,
    'Images of identity documents have a class, purpose, lifetime and agreement of their own.',
    ['iddoc.stored', 'iddoc.purged'],
  ],
  [
    38,
    'A complaint has a ticket, a deadline and a pointer to the regulator.',
    ['complaint.opened', 'complaint.closed'],
  ],
  [
    39,
    'A research data set is registered (source, licence, jurisdiction) before it is loaded.',
    ['dataset.registered'],
  ],
  [40, 'No template of an outgoing message asks for personal data.', []],
  [41, 'Usage and device fields are declared, each with its purpose, and minimal.', []],
  [
    42,
    'Staff acknowledge the privacy rules before they get a role that opens references.',
    ['role.granted', 'role.refused'],
  ],
].map(([number, behaviour, events]) => ({ number, behaviour, events }));

const TEST = /\b(?:describe|it|scenario|specify)\(\s*(['"`])(R\d{1,2}(?:, R\d{1,2})*: (?:\\.|(?!\1)[^\\])*)\1/gs;
const MENTION = /\bR([1-9]|[1-3]\d|4[0-2])\b/g;
const DECLARATION =
  /^(?:export )?(?:default )?(?:declare )?(?:abstract )?(?:async )?(class|function\*?|interface|type|const|enum) (\w+)/;
const MEMBER =
  /^ {2}(?:public |private |protected |static |readonly |override |async |get |set |declare |\*)*([A-Za-z_$][\w$]*)\??\s*[(<:=]/;
/** What looks like a member and is a statement. */
const KEYWORDS = new Set(['if', 'for', 'while', 'switch', 'return', 'catch', 'throw', 'await', 'else', 'do', 'try']);

/** Tests by the requirement that their title begins with: `[{ file, title }]`. */
export function testsOf(sources) {
  const found = new Map();
  for (const { file, text } of sources)
    for (const [, , raw] of text.matchAll(TEST)) {
      const [, numbers, title] = /^([R\d, ]+): (.*)$/s.exec(raw);
      for (const [, number] of numbers.matchAll(MENTION)) add(found, Number(number), { file, title: plain(title) });
    }
  return found;
}

/** Code by the requirement that a comment in it names: `[{ file, symbol }]`. */
export function codeOf(sources) {
  const found = new Map();
  for (const { file, text } of sources) {
    const lines = text.split('\n');
    let outer;
    let member;
    let inside = false;
    for (const [at, line] of lines.entries()) {
      const opens = /^\s*\/\*/.test(line);
      const comment = inside || opens ? line : (/(?:^|[\s;{,])\/\/(.*)$/.exec(line)?.[1] ?? '');
      if (!inside && !opens) {
        const named = declared(line, outer);
        outer = named.outer ?? outer;
        member = named.outer === undefined ? (named.member ?? member) : undefined;
      }
      const numbers = [...comment.matchAll(MENTION)].map(([, number]) => Number(number));
      const block = inside || opens;
      if (opens) inside = true;
      if (/\*\//.test(line)) inside = false;
      if (numbers.length === 0) continue;
      const symbol = block ? (following(lines, at, outer) ?? nameOf(outer, member)) : nameOf(outer, member);
      for (const number of numbers) add(found, number, { file, symbol: symbol ?? '(file)' });
    }
  }
  return found;
}

/** What a block comment stands above. */
function following(lines, at, outer) {
  let next = at;
  while (next < lines.length && !lines[next].includes('*/')) next++;
  const named = declared(lines[next + 1] ?? '', outer);
  if (named.outer !== undefined) return named.outer.name;
  return named.member === undefined ? undefined : nameOf(outer, named.member);
}

function declared(line, outer) {
  const [, kind, name] = DECLARATION.exec(line) ?? [];
  // What stands in a function is no member of it.
  if (name !== undefined) return { outer: { name, holds: kind === 'class' || kind === 'interface' } };
  const member = outer?.holds === true ? MEMBER.exec(line)?.[1] : undefined;
  return member === undefined || KEYWORDS.has(member) ? {} : { member };
}

function nameOf(outer, member) {
  if (outer === undefined) return undefined;
  return member === undefined ? outer.name : `${outer.name}.${member}`;
}

/** As the runner shows it, but for what a loop puts in. */
function plain(title) {
  return title
    .replaceAll(/\$\{[^}]*\}/g, '…')
    .replaceAll(/\\(.)/gs, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function add(map, key, value) {
  const list = map.get(key) ?? [];
  if (!list.some((one) => JSON.stringify(one) === JSON.stringify(value))) map.set(key, [...list, value]);
}

const INTRODUCTION = `# Every promise, its test and its code

The privacy policy that this system implements makes 42 promises; the laws that it names stand behind them. Each is a behaviour, leaves evidence in the audit chain
([audit.md](audit.md) says how to check that), and has tests whose titles begin with its number. The code that keeps it mentions the number in a comment.

Made by \`${COMMAND}\` from its own table, the titles of tests and the comments of code; a test fails when a row loses its last test or its code, and when this page is not what they say.
Not legal advice: what a default follows is written next to it.
`;

/** The document. */
export function renderRequirements(requirements, tests, code) {
  const overview = requirements.map(({ number, behaviour, events }) => {
    const names = events.length === 0 ? 'none' : events.map((event) => `\`${event}\``).join(', ');
    return `| [R${number}](#r${number}) | ${cell(behaviour)} | ${names} | ${tests.get(number)?.length ?? 0} | ${code.get(number)?.length ?? 0} |`;
  });
  const rows = ['| | Behaviour | Audit events | Tests | Places in code |', '|---|---|---|---|---|', ...overview];
  const details = requirements.map(({ number, behaviour }) => {
    const proofs = grouped(tests.get(number) ?? [], 'title', (title) => title);
    const places = grouped(code.get(number) ?? [], 'symbol', (symbol) => `\`${symbol}\``);
    return `\n### R${number}\n\n${behaviour}\n\nTests:\n\n${proofs}\nCode:\n\n${places}`;
  });
  return `${INTRODUCTION}\n${rows.join('\n')}\n\n## Tests and code\n${details.join('')}`;
}

/** A file with what it holds, in the order of the source. */
function grouped(list, field, show) {
  if (list.length === 0) return '- to come\n';
  const files = [...new Set(list.map(({ file }) => file))];
  return files
    .map((file) => {
      const held = list.filter((one) => one.file === file).map((one) => show(one[field]));
      const link = `[${file}](../${file})`;
      return field === 'symbol'
        ? `- ${link}: ${held.join(', ')}\n`
        : `- ${link}\n${held.map((one) => `  - ${one.replaceAll('<', String.raw`\<`)}\n`).join('')}`;
    })
    .join('');
}

function cell(text) {
  return text.replaceAll('|', String.raw`\|`);
}

/** All TypeScript below these folders of each package, in order of their paths. */
async function sourcesIn(folders) {
  const packages = [];
  for (const room of ['packages', 'adapters', 'plugins', 'examples'])
    for (const name of await readdir(new URL(`${room}/`, ROOT))) packages.push(`${room}/${name}`);
  const files = [];
  for (const folder of [...packages.flatMap((name) => folders.map((one) => `${name}/${one}`)), ...folders])
    for (const name of await readdir(new URL(`${folder}/`, ROOT), { recursive: true }).catch(() => []))
      if (name.endsWith('.ts')) files.push(`${folder}/${name.replaceAll('\\', '/')}`);
  return Promise.all(files.sort().map(async (file) => ({ file, text: await readFile(new URL(file, ROOT), 'utf8') })));
}

/** Everything that the page is made of, as the tree has it now. */
export async function readTree() {
  const [tests, code] = [await sourcesIn(['test']), await sourcesIn(['src'])];
  // The suites of contracts are tests that other packages run.
  const suites = code.filter(({ file }) => file.startsWith('packages/testkit/src/contracts/'));
  return { tests: testsOf([...tests, ...suites]), code: codeOf(code) };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { tests, code } = await readTree();
  const wanted = renderRequirements(REQUIREMENTS, tests, code);
  if (!process.argv.includes('--check')) await writeFile(FILE, wanted);
  else if ((await readFile(FILE, 'utf8')) !== wanted) {
    console.error(`docs/requirements.md is not what tests and code say: run ${COMMAND}`);
    process.exitCode = 1;
  }
}
