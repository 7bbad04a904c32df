import { defineElements } from '../elements.ts';

/** All components: `dist/browser/asignio.js`, one ES module. Loading it defines them. */
defineElements();

export * from '../elements.ts';
export { addLanguage } from '../words/all.ts';
