import Mocha from 'mocha';

/** Mocha's own report, then one line that machines read. */
export default class SpecWithCounts extends Mocha.reporters.Spec {
  epilogue() {
    super.epilogue();
    const { passes, failures, pending } = this.stats;
    console.log(`${passes} passed, ${failures} failed, ${pending} skipped`);
  }
}
