import { AsignioSign } from '../elements/sign.ts';

/** The signing surface alone: `dist/browser/sign.js`, one ES module, under 12 kB gzipped. */
if (customElements.get('asignio-sign') === undefined) customElements.define('asignio-sign', AsignioSign);

export { AsignioSign };
