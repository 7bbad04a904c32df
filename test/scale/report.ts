/**
 * Makes the tables of docs/scale.md of what campaigns measured, and the charts of the first of them: stores that differ a
 * hundredfold would hide each other's lines.
 *
 *   node .test/scale/report.js docs FILE...
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Campaign, Size } from './campaign.js';
import { SCHEMES, chart } from './chart.js';

const [docs = '', ...files] = process.argv.slice(2);
const BEGIN = '<!-- measured: node .test/scale/report.js -->';
const END = '<!-- /measured -->';

const count = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map(row).join('\n');

function sizesOf({ sizes }: Campaign): string {
  const columns = [
    (size: Size) => size.p50,
    (size: Size) => size.p95,
    (size: Size) => size.cpuMs,
    (size: Size) => size.ownMegabytes,
  ];
  const [smaller, larger] = sizes.slice(-2);
  const ratio =
    smaller === undefined || larger === undefined
      ? []
      : [
          [
            `${count.format(larger.people)} : ${count.format(smaller.people)}`,
            '',
            ...columns.map((of) => (of(larger) / of(smaller)).toFixed(2)),
            '',
          ],
        ];
  return table(
    ['people', 'verifications', 'p50 ms', 'p95 ms', 'processor ms', 'own memory MB', 'added a second'],
    [
      ...sizes.map((size) => [
        count.format(size.people),
        count.format(size.verifications),
        ...columns.map((of) => of(size).toFixed(1)),
        size.people === 1 || size.filled === 0 ? '' : count.format(size.filled),
      ]),
      ...ratio,
    ],
  );
}

function ratesOf({ rates }: Campaign): string {
  return table(
    ['processes', 'verifications a second', 'enrolments a second'],
    rates.map(({ processes, verifications, enrolments }) => [
      String(processes),
      verifications.toFixed(1),
      enrolments.toFixed(1),
    ]),
  );
}

function sectionOf(campaign: Campaign): string {
  const { store, node, processor, cores, load, rates } = campaign;
  const [low, high] = [Math.min(...load), Math.max(...load)];
  const machine = `Node ${node.slice(1)}, ${cores} cores of ${processor}; between ${low} and ${high} processes wanted to run.`;
  const at = rates[0] === undefined ? [] : [`With ${count.format(rates[0].people)} people stored:`, ratesOf(campaign)];
  return [`### ${store}`, machine, sizesOf(campaign), ...at].join('\n\n');
}

const campaigns = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Campaign);
for (const [name, scheme] of Object.entries(SCHEMES))
  writeFileSync(join(docs, `scale-${name}.svg`), chart(campaigns.slice(0, 1), scheme));
const page = join(docs, 'scale.md');
const text = readFileSync(page, 'utf8');
const [before = '', rest = ''] = text.split(BEGIN);
const [, after = ''] = rest.split(END);
writeFileSync(page, `${before}${BEGIN}\n\n${campaigns.map(sectionOf).join('\n\n')}\n\n${END}${after}`);
