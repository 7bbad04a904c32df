import { AsignioError } from '@asignio/contracts';
import type { ScoreCalibration, VendorAnswer } from '@asignio/contracts';
import { isPrintable } from '../checks.ts';

/**
 * Whether a plugin states a calibration that can be used.
 * @throws AsignioError `ASIGNIO_PLUGIN_INVALID`.
 */
export function checkCalibration(calibration: ScoreCalibration | undefined): ScoreCalibration {
  const { slope, offset, range, model, source } = calibration ?? {};
  const finite = [slope, offset, range?.min, range?.max].every(Number.isFinite);
  if (
    calibration === undefined ||
    !finite ||
    !(calibration.slope > 0) ||
    !(calibration.range.min < calibration.range.max) ||
    !isPrintable(model?.name, 1, 200) ||
    !isPrintable(model.version, 1, 100) ||
    !isPrintable(source, 1, 500)
  )
    throw new AsignioError('ASIGNIO_PLUGIN_INVALID', 'The vendor states no calibration of its scores');
  return calibration;
}

/**
 * A vendor's own score as a log-likelihood ratio, natural log, by the calibration that its plugin states.
 * @throws AsignioError `ASIGNIO_VENDOR_UNAVAILABLE` for an answer that the calibration is not for: no number, out of
 * range, another model. Such an answer is never a decision.
 */
export function calibratedScore(answer: VendorAnswer, calibration: ScoreCalibration): number {
  const { slope, offset, range, model } = checkCalibration(calibration);
  const { raw, model: answered } = answer ?? {};
  const fits =
    Number.isFinite(raw) &&
    raw >= range.min &&
    raw <= range.max &&
    answered?.name === model.name &&
    answered.version === model.version;
  if (!fits) throw new AsignioError('ASIGNIO_VENDOR_UNAVAILABLE', 'The vendor’s answer is not of its calibration');
  return slope * raw + offset;
}
