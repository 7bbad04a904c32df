import { systemClock } from '@asignio/contracts';
import { textOption } from '../command.ts';
import type { Command } from '../command.ts';
import { paint } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { CHECKS } from './checks.ts';
import type { Check } from './checks.ts';
import type { Finding } from './finding.ts';
import { checkOidc } from './oidc.ts';
import { checkSaml } from './saml.ts';
import { checkSamlOptions } from './saml-options.ts';

const COLOURS = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

/** `asignio doctor`: looks at what Asignio stands on, and says what to do about what is wrong. */
export const doctor: Command = {
  name: 'doctor',
  summary: 'Checks Node.js, the engine, the data folder, the keys, the store and the clock. Changes nothing.',
  options: {
    data: { type: 'string', value: 'DIR', help: 'folder of store and keys', default: './.asignio' },
    'saml-metadata': { type: 'string', value: 'FILE', help: 'look at the SAML metadata of somebody too' },
    'oidc-options': {
      type: 'string',
      value: 'FILE',
      help: 'look at a module that exports the options of an OIDC bridge too',
    },
    'saml-options': {
      type: 'string',
      value: 'FILE',
      help: 'look at a module that exports the options of a SAML bridge too',
    },
    json: { type: 'boolean', help: 'write the findings as JSON' },
  },
  notes: 'Exits with 1 if a check fails; warnings do not count.',
  async run(values, terminal) {
    const place = { data: textOption(values, 'data'), clock: systemClock, node: process.versions.node };
    const checks: Check[] = [...CHECKS];
    const metadata = values['saml-metadata'];
    if (typeof metadata === 'string') checks.push({ name: 'saml', run: ({ clock }) => checkSaml(metadata, clock) });
    const findings: (Finding & { readonly check: string })[] = [];
    for (const check of checks) {
      const finding = { check: check.name, ...(await check.run(place)) };
      findings.push(finding);
      if (values['json'] !== true) show(finding, terminal);
    }
    const several = async (check: string, option: string, look: (file: string) => Promise<readonly Finding[]>) => {
      const file = values[option];
      if (typeof file !== 'string') return;
      for (const found of await look(file)) {
        const finding = { check, ...found };
        findings.push(finding);
        if (values['json'] !== true) show(finding, terminal);
      }
    };
    await several('oidc', 'oidc-options', checkOidc);
    await several('saml', 'saml-options', (file) => checkSamlOptions(file, systemClock));
    if (values['json'] === true) terminal.out(`${JSON.stringify(findings, undefined, 2)}\n`);
    return findings.some(({ status }) => status === 'fail') ? 1 : 0;
  },
};

const WIDTH = Math.max(...CHECKS.map(({ name }) => name.length));

function show({ check, status, detail, remedy }: Finding & { readonly check: string }, terminal: Terminal): void {
  terminal.out(`${paint(terminal, COLOURS[status], status.padEnd(4))}  ${check.padEnd(WIDTH)}  ${detail}\n`);
  if (remedy !== undefined) terminal.out(`${' '.repeat(WIDTH + 8)}${remedy}\n`);
}
