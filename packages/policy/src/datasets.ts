/** A research data set as registered (R39): what one may measure with, and under what terms. */
export interface ResearchDataset {
  readonly name: string;
  /** Where it is from. */
  readonly source: string;
  readonly licence: string;
  readonly jurisdiction: string;
}
