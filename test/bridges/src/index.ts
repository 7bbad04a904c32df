export { drawing, FakeEngine } from './fake-engine.ts';
export { attribute, Person, unescaped } from './person.ts';
export type { Page } from './person.ts';
export { ADA, setStage, TENANT } from './stage.ts';
export type { Stage } from './stage.ts';
