export { FERRETDB_SOURCES, cacheFolder, ferretdbPath, findProgram } from './find.ts';
export type { ServerProgram } from './find.ts';
export { describeMongodb, mongodbServer, ownServer } from './shared.ts';
export type { SharedServer } from './shared.ts';
export { startServer } from './start.ts';
export type { MongodbServer, ServerKind, ServerOptions } from './start.ts';
