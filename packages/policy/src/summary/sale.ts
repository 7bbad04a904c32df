import { PURPOSES } from '@asignio/contracts';

/** CCPA's answer to whether data are sold or shared. */
export interface SaleStatus {
  readonly sold: false;
  readonly shared: false;
  readonly sentence: string;
  readonly source: string;
}

/** What would be a purpose of selling, if there were one. */
const COMMERCE = /sale|sell|lease|trade|marketing|advertis/;

/**
 * R26: selling and sharing are off, and not by a setting: no purpose of that kind exists, so no permit for one can be made,
 * and there is nothing to opt out of. Should a purpose of that kind ever be added to the contracts, this throws, and with it
 * everything that shows a person the notice of it, until there is an opt-out (Cal. Civ. Code §1798.120, §1798.135).
 */
export function saleStatus(): SaleStatus {
  if (PURPOSES.some((purpose) => COMMERCE.test(purpose)))
    throw new TypeError('There is a purpose of selling, and no way to opt out of it');
  return {
    sold: false,
    shared: false,
    sentence: 'Your data are never sold or shared for advertising. There is nothing to opt out of.',
    source: 'Cal. Civ. Code §1798.120, §1798.121, §1798.135; 740 ILCS 14/15(c)',
  };
}
