// Errors point at the TypeScript that was written, not at what was compiled of it.
process.setSourceMapsEnabled(true);
