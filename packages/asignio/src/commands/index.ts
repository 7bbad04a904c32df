import type { Command } from './command.ts';

/** How a command is found. Its code is loaded only when it is called. */
export interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** Every command. A new one is a file of its own and a line here. */
export const COMMANDS: { readonly [name: string]: CommandEntry } = {
  'audit checkpoint': {
    summary: 'sign the audit chain as it is now',
    load: async () => (await import('./audit/checkpoint.ts')).auditCheckpoint,
  },
  'audit export': {
    summary: 'write the audit chain as JSON lines or CSV',
    load: async () => (await import('./audit/export.ts')).auditExport,
  },
  'audit verify': {
    summary: 'verify the audit chain, of a store or of an export',
    load: async () => (await import('./audit/verify.ts')).auditVerify,
  },
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
  export: {
    summary: 'write the records of a store, or its wrapped keys, to a file',
    load: async () => (await import('./transfer/export.ts')).exportCommand,
  },
  import: {
    summary: 'carry exported records and keys into an empty store',
    load: async () => (await import('./transfer/import.ts')).importCommand,
  },
  'keys passphrase': {
    summary: 'seal the key file with a passphrase',
    load: async () => (await import('./keys/passphrase.ts')).passphrase,
  },
  'keys rotate': {
    summary: 'renew the keys that wrap data keys, or the one that signs',
    load: async () => (await import('./keys/rotate.ts')).rotate,
  },
  'keys status': {
    summary: 'show which keys wrap what',
    load: async () => (await import('./keys/status.ts')).status,
  },
  'models add': {
    summary: 'add a pack of models by its manifest',
    load: async () => (await import('./models/pull.ts')).modelsAdd,
  },
  'models list': {
    summary: 'show the packs of models and what of them is here',
    load: async () => (await import('./models/list.ts')).modelsList,
  },
  'models pull': {
    summary: 'get the files of a pack, each with its hash pinned',
    load: async () => (await import('./models/pull.ts')).modelsPull,
  },
  'models remove': {
    summary: 'remove the files of a pack',
    load: async () => (await import('./models/remove.ts')).modelsRemove,
  },
  'models verify': {
    summary: 'compare what is here with the hashes of the manifests',
    load: async () => (await import('./models/verify.ts')).modelsVerify,
  },
  sweep: {
    summary: 'destroy what is due, or say what would be destroyed',
    load: async () => (await import('./sweep.ts')).sweep,
  },
};
