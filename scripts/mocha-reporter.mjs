import Mocha from 'mocha';

/** Mocha's own report, then one line that machines read. */
export default class SpecWithCounts extends Mocha.reporters.Spec {
  epilogue() {
    super.epilogue();
    const { passes = 0, failures = 0, pending = 0 } = this.stats ?? {};
    console.log(`${passes} passed, ${failures} failed, ${pending} skipped`);
  }
}
