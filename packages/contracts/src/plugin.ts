/**
 * A plugin is a factory `name(options) => Plugin`. Options are validated when it is called, with a message that names
 * the option; metadata are checked when the plugin is handed to `createAsignio`.
 */
export const PLUGIN_KINDS = [
  'storage',
  'keys',
  'checkpoints',
  'comparison',
  'identity-verification',
  'notification',
  'risk-signal',
] as const;
export type PluginKind = (typeof PLUGIN_KINDS)[number];

/** What a plugin says of itself. */
export interface PluginMetadata {
  /** npm-style name, unique among the plugins of one system. */
  readonly name: string;
  /** Semantic version. */
  readonly version: string;
  readonly kind: PluginKind;
  /** Names of the optional methods that it has. */
  readonly capabilities: readonly string[];
  /** The data it needs to see, in words an auditor reads: `'sealed references'`, `'wrapped keys'`. */
  readonly data: readonly string[];
  /** Where it keeps or sends data: `'local'`, or an ISO 3166 region. */
  readonly region: string;
  /** The data-processing agreement that covers it, when it is somebody else's service. */
  readonly agreement?: string;
}

/** What every plugin has. */
export interface Plugin {
  readonly metadata: PluginMetadata;
}
