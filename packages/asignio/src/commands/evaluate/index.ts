import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { AsignioError, MODALITIES, systemClock } from '@asignio/contracts';
import type { Modality } from '@asignio/contracts';
import { DEFAULT_PROFILES } from '@asignio/core';
import { ENGINE_MODALITIES, SIGNATURE_MODELS, createEngine } from '@asignio/engine';
import type { EngineModality, FacePack, SignatureModel } from '@asignio/engine';
import { createPermitAuthority } from '@asignio/policy';
import { integerOption, textOption, usage } from '../command.ts';
import type { Command, Values } from '../command.ts';
import type { Terminal } from '../terminal.ts';
import { csvLine } from './csv.ts';
import { readDataset } from './dataset.ts';
import { detPlot } from './det-plot.ts';
import { findPack } from '../models/packs.ts';
import { Progress } from '../progress.ts';
import { readProtocol } from './protocol.ts';
import type { NamedText, Protocol } from './protocol.ts';
import { byKind, formatReport, makeReport, userIndex } from './report.ts';
import type { Report } from './report.ts';
import { run } from './run.ts';
import type { RunResult } from './run.ts';
import { SampleFolder } from './samples.ts';

const MAX_CSV_BYTES = 256 * 1024 * 1024;
/** Requests under way per worker: enough that no worker waits for the next. */
const IN_FLIGHT = 4;
/** Nobody waits: on a busy machine a comparison may take its time. */
const DEADLINE_MS = 10_000;
const DEFAULT_FMR: { readonly [M in Modality]: number } = { signature: 0.03, face: 1e-3, voice: 0.01 };

/** `asignio evaluate`: error rates of the engine on a research data set, through the same pool that signs people in. */
export const evaluate: Command = {
  name: 'evaluate',
  summary:
    'Measures error rates on a data set: enrols every model, makes every trial, and reports EER, FNMR and latency.',
  options: {
    modality: { type: 'string', value: MODALITIES.join('|'), help: 'what to measure', required: true },
    data: { type: 'string', value: 'DIR', help: 'folder of the samples; nothing outside it is read', required: true },
    models: { type: 'string', value: 'MODELS.csv', help: 'model,sample: one row per enrolment sample', required: true },
    trials: {
      type: 'string',
      value: 'TRIALS.csv',
      help: 'model,probe,mated,kind: one row per comparison',
      required: true,
    },
    scores: { type: 'string', value: 'OUT.csv', help: 'write the trials with score, decision and error' },
    json: { type: 'string', value: 'OUT.json', help: 'write the report; - for standard output' },
    plot: { type: 'string', value: 'OUT.svg', help: 'draw the DET curves' },
    workers: { type: 'string', value: 'N', help: 'worker threads (default: one a core)' },
    fmr: { type: 'string', value: 'RATE', help: 'skilled FMR at which to decide (default: as when signing in)' },
    'signature-model': {
      type: 'string',
      value: SIGNATURE_MODELS.join('|'),
      help: 'what compares signatures (default: as when signing in)',
    },
    'face-pack': {
      type: 'string',
      value: 'NAME|PACK.json',
      help: 'networks that compare faces (default: npm); asignio models list shows them',
    },
    by: {
      type: 'string',
      value: 'COLUMN',
      help: 'rates by group too, all at one threshold: a column of your own in TRIALS.csv or MODELS.csv',
    },
    seed: { type: 'string', value: 'N', help: 'seed of the confidence intervals', default: '1' },
    source: { type: 'string', value: 'TEXT', help: 'where the data set is from, for the report' },
    licence: { type: 'string', value: 'TEXT', help: 'under which terms you have it' },
    jurisdiction: { type: 'string', value: 'TEXT', help: 'whose law it falls under' },
    quiet: { type: 'boolean', help: 'no report on standard output, no progress' },
  },
  notes:
    'Samples: signature .txt (SVC2004) or .json (as @asignio/capture sends it); face .jpg, .png, .webp, .pgm.\n' +
    'A sample that cannot be acquired has no score and counts as failure to acquire.\n' +
    'The data set is registered before it is read: a dataset.json in its folder states name, source, licence and\n' +
    'jurisdiction; the options say it anew. The report repeats it.\n' +
    'Intervals: 95 %, bootstrap over users; the user of a model "u3#d2" or "U3d2" is "u3", "U3".',
  run: runEvaluate,
};

async function runEvaluate(values: Values, terminal: Terminal): Promise<number> {
  const modality = modalityOption(values);
  const workers = integerOption(values, 'workers', 1, 256) ?? availableParallelism();
  const seed = integerOption(values, 'seed', 0, 4_294_967_295) ?? 1;
  const fmr = fmrOption(values, modality);
  const quiet = values['quiet'] === true;
  const folder = await SampleFolder.open(textOption(values, 'data'), modality);
  const by = values['by'] === undefined ? undefined : textOption(values, 'by');
  const protocol = readProtocol(await readCsv(values, 'models'), await readCsv(values, 'trials'), by);
  await folder.check([...protocol.models.values()].flat());
  await folder.check(protocol.trials.map(({ probe }) => probe));

  const dataset = await readDataset(textOption(values, 'data'), values);
  const permits = createPermitAuthority({ clock: systemClock });
  const engine = createEngine({
    permits,
    workers,
    queue: IN_FLIGHT * workers,
    deadlineMs: DEADLINE_MS,
    modalities: modalityList(modality),
    ...signatureModelOption(values),
    ...(await facePackOption(values)),
  });
  try {
    await engine.warm();
    const threshold = engine.threshold(modality, fmr);
    const bench = { engine, permits, dataset, modality, folder, threshold, concurrency: IN_FLIGHT * workers };
    const result = await watched(quiet ? { ...terminal, progress: false } : terminal, protocol, (watcher) =>
      run(bench, protocol, watcher),
    );
    const model = engine.model(modality);
    const report = makeReport({
      modality,
      model,
      dataset,
      protocol,
      result,
      threshold,
      fmr,
      workers,
      seed,
      ...(by === undefined ? {} : { by }),
    });
    await deliver(values, terminal, protocol, result, report);
    if (report.faults === 0) return 0;
    terminal.err(`${report.faults} trials failed for a reason of ours; they have no score and are in no rate\n`);
    return 1;
  } finally {
    await engine.close();
  }
}

async function watched(
  terminal: Terminal,
  protocol: Protocol,
  work: (watcher: { enrolled(): void; compared(): void }) => Promise<RunResult>,
): Promise<RunResult> {
  const enrolling = new Progress(terminal, 'Enrolling', protocol.models.size);
  const comparing = new Progress(terminal, 'Comparing', protocol.trials.length);
  try {
    return await work({ enrolled: () => enrolling.step(), compared: () => comparing.step() });
  } finally {
    comparing.finish();
  }
}

async function deliver(
  values: Values,
  terminal: Terminal,
  protocol: Protocol,
  result: RunResult,
  report: Report,
): Promise<void> {
  const { scores, json, plot, quiet } = values;
  if (scores !== undefined) await write(String(scores), scoresCsv(result));
  const text = `${JSON.stringify(report, undefined, 2)}\n`;
  if (json === '-') terminal.out(text);
  else if (json !== undefined) await write(String(json), text);
  if (plot !== undefined) await write(String(plot), plotOf(protocol, result, report));
  if (json !== '-' && quiet !== true) terminal.out(formatReport(report));
}

function scoresCsv({ trials }: RunResult): string {
  const header = csvLine(['model', 'probe', 'mated', 'kind', 'score', 'decision', 'error']);
  const rows = trials.map(({ model, probe, mated, kind, score, decision, error }) =>
    csvLine([model, probe, mated ? '1' : '0', kind, score === undefined ? '' : String(score), decision, error]),
  );
  return header + rows.join('');
}

function plotOf(protocol: Protocol, { trials }: RunResult, report: Report): string {
  const users = userIndex(protocol);
  const { model, dataset, counts, bootstrap } = report;
  return detPlot(byKind(trials, users), users.size, bootstrap.seed, {
    title: `${dataset.name}: ${report.modality}, ${model.name} ${model.version}`,
    subtitle: `${counts.users} users, ${counts.models} models; circle: equal error rate; shade: 95 % interval of FNMR over users`,
  });
}

function modalityOption(values: Values): Modality {
  const modality = textOption(values, 'modality') as Modality;
  if (!MODALITIES.includes(modality)) throw usage(`--modality must be one of ${MODALITIES.join(', ')}`);
  return modality;
}

/** As given, or that of the default assurance profile of the modality. */
function fmrOption(values: Values, modality: Modality): number {
  const given = values['fmr'];
  if (given === undefined)
    return (
      DEFAULT_PROFILES.find(({ factors }) => factors.length === 1 && factors[0] === modality)?.fmr ??
      DEFAULT_FMR[modality]
    );
  const fmr = Number(given);
  if (!(fmr > 0 && fmr < 1)) throw usage('--fmr must be a number between 0 and 1');
  return fmr;
}

/** What the engine must do. @throws AsignioError `ASIGNIO_MODALITY_UNAVAILABLE`. */
function modalityList(modality: Modality): readonly EngineModality[] {
  const known = ENGINE_MODALITIES.find((one) => one === modality);
  if (known === undefined)
    throw new AsignioError('ASIGNIO_MODALITY_UNAVAILABLE', `There is no ${modality} modality in this build`);
  return [known];
}

async function facePackOption(values: Values): Promise<{ readonly facePack?: FacePack }> {
  return values['face-pack'] === undefined ? {} : { facePack: await findPack(textOption(values, 'face-pack')) };
}

function signatureModelOption(values: Values): { readonly signatureModel?: SignatureModel } {
  const given = values['signature-model'];
  if (given === undefined) return {};
  const signatureModel = SIGNATURE_MODELS.find((model) => model === given);
  if (signatureModel === undefined) throw usage(`--signature-model must be ${SIGNATURE_MODELS.join(' or ')}`);
  return { signatureModel };
}

async function readCsv(values: Values, option: string): Promise<NamedText> {
  const path = textOption(values, option);
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true)
    throw new AsignioError('ASIGNIO_FILE_UNREADABLE', `--${option} ${path}: there is no such file`);
  if (found.size > MAX_CSV_BYTES) throw new AsignioError('ASIGNIO_CSV_INVALID', `${path}: the file is too large`);
  return { name: basename(path), text: await readFile(path, 'utf8') };
}

async function write(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch(() => {
    throw new AsignioError('ASIGNIO_FILE_UNREADABLE', `${path} cannot be written`);
  });
}
