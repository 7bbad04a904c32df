import type { Command } from './command.ts';

/** How a command is found. Its code is loaded only when it is called. */
export interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** Every command. A new one is a file of its own and a line here. */
export const COMMANDS: { readonly [name: string]: CommandEntry } = {
  demo: {
    summary: 'start the demo on an embedded store',
    load: async () => (await import('./demo.ts')).demo,
  },
  doctor: {
    summary: 'check the machine, the store and the keys',
    load: async () => (await import('./doctor/index.ts')).doctor,
  },
  evaluate: {
    summary: 'measure error rates on a data set',
    load: async () => (await import('./evaluate/index.ts')).evaluate,
  },
};
