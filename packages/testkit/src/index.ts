export * from './signer/index.ts';
