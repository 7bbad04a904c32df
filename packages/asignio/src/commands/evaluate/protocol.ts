import { AsignioError } from '@asignio/contracts';
import { parseCsv } from './csv.ts';

/** One comparison to be made. */
export interface Trial {
  readonly model: string;
  readonly probe: string;
  readonly mated: boolean;
  readonly kind: string;
  /** What it is grouped by, where the report was asked for by a column. */
  readonly group?: string;
}

/** Who is enrolled with which samples, and what is compared with whom. */
export interface Protocol {
  readonly models: ReadonlyMap<string, readonly string[]>;
  readonly trials: readonly Trial[];
}

const TRIAL_COLUMNS = ['model', 'probe', 'mated', 'kind'] as const;
/** A data set's model, one draw of several: `u3#d2`, `U3d2`. */
const DRAW = /^(.+?)(?:#.*|(?<=\d)d\d+)$/;

/**
 * Reads `MODELS.csv` (`model,sample`) and `TRIALS.csv` (`model,probe,mated,kind`), each with other columns where the report
 * is to be grouped by one of them: by a trial's own, or else by its model's.
 * @throws AsignioError `ASIGNIO_CSV_INVALID` naming file and line.
 */
export function readProtocol(models: NamedText, trials: NamedText, by?: string): Protocol {
  const enrolled = new Map<string, string[]>();
  const groups = new Map<string, string>();
  const more = by !== undefined;
  for (const { line, fields } of parseCsv(models.text, ['model', 'sample'], models.name, { more })) {
    const { model = '', sample = '' } = fields;
    if (model === '' || sample === '') throw invalid(models.name, line, 'model and sample must not be empty');
    const samples = enrolled.get(model);
    if (samples === undefined) enrolled.set(model, [sample]);
    else samples.push(sample);
    const group = by === undefined ? undefined : fields[by];
    if (group === undefined) continue;
    if ((groups.get(model) ?? group) !== group) throw invalid(models.name, line, `${by} differs within a model`);
    groups.set(model, group);
  }
  const planned = parseCsv(trials.text, TRIAL_COLUMNS, trials.name, { more }).map(({ line, fields }) => {
    const { model = '', probe = '', mated = '', kind = '' } = fields;
    if (!enrolled.has(model)) throw invalid(trials.name, line, `there is no model ${JSON.stringify(model)}`);
    if (mated !== '0' && mated !== '1') throw invalid(trials.name, line, 'mated must be 0 or 1');
    if (probe === '' || kind === '') throw invalid(trials.name, line, 'probe and kind must not be empty');
    const trial = { model, probe, mated: mated === '1', kind };
    if (by === undefined) return trial;
    const group = fields[by] ?? groups.get(model);
    if (group === undefined) throw invalid(trials.name, 1, `neither file has a column ${JSON.stringify(by)}`);
    return { ...trial, group };
  });
  return { models: enrolled, trials: planned };
}

/** A file's content, and what errors call it. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/**
 * The person behind a model: the model itself, less the number of a draw, for several models may be of one person.
 * @example
 * ```ts
 * userOf('U3d2'); // 'U3'
 * userOf('u3#d2'); // 'u3'
 * userOf('Abel_Pacheco_0001'); // 'Abel_Pacheco_0001'
 * ```
 */
export function userOf(model: string): string {
  return DRAW.exec(model)?.[1] ?? model;
}

function invalid(file: string, line: number, what: string): AsignioError {
  return new AsignioError('ASIGNIO_CSV_INVALID', `${file}, line ${line}: ${what}`);
}
