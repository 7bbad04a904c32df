import { AsignioError } from '@asignio/contracts';
import { parseCsv } from './csv.ts';

/** One comparison to be made. */
export interface Trial {
  readonly model: string;
  readonly probe: string;
  readonly mated: boolean;
  readonly kind: string;
}

/** Who is enrolled with which samples, and what is compared with whom. */
export interface Protocol {
  readonly models: ReadonlyMap<string, readonly string[]>;
  readonly trials: readonly Trial[];
}

/** A data set's model, one draw of several: `u3#d2`, `U3d2`. */
const DRAW = /^(.+?)(?:#.*|(?<=\d)d\d+)$/;

/**
 * Reads `MODELS.csv` (`model,sample`) and `TRIALS.csv` (`model,probe,mated,kind`).
 * @throws AsignioError `ASIGNIO_CSV_INVALID` naming file and line.
 */
export function readProtocol(models: NamedText, trials: NamedText): Protocol {
  const enrolled = new Map<string, string[]>();
  for (const { line, fields } of parseCsv(models.text, ['model', 'sample'], models.name)) {
    const { model = '', sample = '' } = fields;
    if (model === '' || sample === '') throw invalid(models.name, line, 'model and sample must not be empty');
    const samples = enrolled.get(model);
    if (samples === undefined) enrolled.set(model, [sample]);
    else samples.push(sample);
  }
  const planned = parseCsv(trials.text, ['model', 'probe', 'mated', 'kind'], trials.name).map(({ line, fields }) => {
    const { model = '', probe = '', mated = '', kind = '' } = fields;
    if (!enrolled.has(model)) throw invalid(trials.name, line, `there is no model ${JSON.stringify(model)}`);
    if (mated !== '0' && mated !== '1') throw invalid(trials.name, line, 'mated must be 0 or 1');
    if (probe === '' || kind === '') throw invalid(trials.name, line, 'probe and kind must not be empty');
    return { model, probe, mated: mated === '1', kind };
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
