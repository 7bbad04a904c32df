import { AsignioError } from '@asignio/contracts';
import { deepFreeze, isOf } from '../checks.ts';

/** What may be told about a sign-in: names, each with its coarse values. */
export type SignalList = Readonly<Record<string, readonly string[]>>;

/** Values that tell a risk engine what it needs, and nobody how near somebody was to being accepted (R15). */
export const DEFAULT_SIGNALS: SignalList = deepFreeze({
  'sign-in': ['accepted', 'refused'],
  assurance: ['low', 'substantial', 'high'],
  'attack-suspected': ['no', 'yes'],
  'recent-failures': ['none', 'few', 'many'],
  'new-device': ['no', 'yes'],
});

const NAME = /^[a-z][a-z-]{0,39}$/;
/** More values than this are a measurement, not a signal. */
const MOST_VALUES = 8;

/**
 * Checks an allow-list: a few words for each name. Figures are refused: a score cut into a hundred values is a score.
 * @throws AsignioError `ASIGNIO_OPTION_INVALID` naming the signal.
 */
export function checkSignalList(list: SignalList): void {
  for (const [name, values] of Object.entries(list))
    if (
      !isOf(NAME, name) ||
      !Array.isArray(values) ||
      values.length < 2 ||
      values.length > MOST_VALUES ||
      new Set(values).size !== values.length ||
      !values.every((value) => isOf(NAME, value))
    )
      throw new AsignioError(
        'ASIGNIO_OPTION_INVALID',
        `signals: ${name.slice(0, 40)} needs 2-${MOST_VALUES} different words of a-z and -`,
      );
}

/**
 * Checks what is about to be shared, and gives a copy of just that.
 * @throws AsignioError `ASIGNIO_SIGNAL_REFUSED`; the message names no value.
 * @example
 * ```ts
 * checkSignals({ 'sign-in': 'accepted' }, DEFAULT_SIGNALS);
 * checkSignals({ score: 7.31 }, DEFAULT_SIGNALS); // throws ASIGNIO_SIGNAL_REFUSED
 * ```
 */
export function checkSignals(signals: unknown, list: SignalList): Readonly<Record<string, string>> {
  if (typeof signals !== 'object' || signals === null || Array.isArray(signals))
    throw refused('Signals are an object of names and values');
  const entries = Object.entries(signals);
  if (entries.length === 0) throw refused('There is no signal to share');
  for (const [name, value] of entries) {
    if (!Object.hasOwn(list, name)) throw refused('A signal is not on the allow-list');
    if (!list[name]?.includes(value as string)) throw refused(`The value of ${name} is not on the allow-list`);
  }
  return Object.fromEntries(entries as [string, string][]);
}

function refused(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_SIGNAL_REFUSED', detail);
}
