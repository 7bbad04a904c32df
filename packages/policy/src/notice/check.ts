import { AsignioError, MODALITIES } from '@asignio/contracts';
import { isOf, isPrintable, isText } from '../checks.ts';
import { checkSubjectPurpose } from '../purposes.ts';
import type { Notice, NoticePurpose } from './notice.ts';

const VERSION = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const LANGUAGE = /^(?=.{2,35}$)[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*$/;
const MAX_TEXT = 20_000;
const MAX_LINE = 300;
const MAX_CHANGE = 2000;
const MAX_MONTHS = 1200;
const MODALITY: ReadonlySet<unknown> = new Set(MODALITIES);

/**
 * Checks one notice by itself.
 * @throws AsignioError `ASIGNIO_OPTION_INVALID` naming the version and the field, `ASIGNIO_PURPOSE_FORBIDDEN`.
 */
export function checkNotice(notice: Notice): void {
  const { version, language, title, sections, controller, particulars, effectiveAt, material } = notice;
  const { supersedes, whatChanged } = notice;
  const require = (holds: boolean, complaint: string) => {
    if (!holds) throw invalidNotice(version, complaint);
  };
  require(isOf(VERSION, version), 'needs a version of 1-64 characters of A-Z a-z 0-9 . _ -');
  require(isOf(LANGUAGE, language), 'needs a language, as BCP 47 writes it');
  require(isPrintable(title, 1, MAX_LINE), 'lacks title');
  require(Array.isArray(sections) && sections.length > 0, 'lacks sections');
  require(sections.every(
    (section) => isPrintable(section?.heading, 1, MAX_LINE) && isText(section.text, MAX_TEXT),
  ), 'has a section without heading or text');
  require(isPrintable(controller?.name, 1, MAX_LINE) &&
    isPrintable(controller.contact, 1, MAX_LINE) &&
    (controller.address === undefined ||
      isPrintable(controller.address, 1, MAX_LINE)), 'must say who the controller is and how to reach them');
  require(particulars === undefined ||
    Object.values(particulars).every(
      (item) => item === undefined || isText(item, MAX_TEXT),
    ), 'has particulars that are no text');
  require(Number.isSafeInteger(effectiveAt), 'lacks effectiveAt, in ms');
  require(typeof material === 'boolean', 'must say whether it is a material change');
  require(supersedes === undefined || isOf(VERSION, supersedes), 'supersedes what is no version');
  require(supersedes === undefined
    ? whatChanged === undefined
    : isText(whatChanged, MAX_CHANGE), 'must say whatChanged if it supersedes another, and only then');
  require(Array.isArray(notice.purposes) && notice.purposes.length > 0, 'lists no purpose');
  const seen = new Set<string>();
  for (const item of notice.purposes) {
    const complaint = complaintOf(item);
    require(complaint === undefined, `${complaint} for ${item.purpose}`);
    for (const modality of item.modalities) {
      const key = `${item.purpose} ${modality}`;
      require(!seen.has(key), `asks twice for ${item.purpose} by ${modality}`);
      seen.add(key);
    }
  }
}

/** The error of a notice that is not right. */
export function invalidNotice(version: unknown, complaint: string): AsignioError {
  return new AsignioError('ASIGNIO_OPTION_INVALID', `notices: version ${String(version).slice(0, 64)} ${complaint}`);
}

function complaintOf(item: NoticePurpose): string | undefined {
  checkSubjectPurpose(item?.purpose);
  const { modalities, required, what, why, howLong, withWhom, validMonths } = item;
  if (![what, why, howLong, withWhom].every((text) => isText(text, MAX_TEXT)))
    return 'must say what, why, how long and with whom';
  if (!Array.isArray(modalities) || modalities.length === 0 || !modalities.every((value) => MODALITY.has(value)))
    return 'must name the modalities';
  if (typeof required !== 'boolean') return 'must say whether it is required';
  if (validMonths !== undefined && !(Number.isSafeInteger(validMonths) && validMonths > 0 && validMonths <= MAX_MONTHS))
    return `must have validMonths of 1-${MAX_MONTHS}, or none,`;
  return undefined;
}
