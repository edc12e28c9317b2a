import type { configurableFlags } from "./configurable-flags.js";
import type { SettingsOf } from "./settings-of.js";

/** What `beamline.config.ts` may say: every flag of image, manifest, deploy and doctor by its name. */
export type BeamlineSettings = SettingsOf<typeof configurableFlags>;

/**
 * A project's deployments. A flag on the command line beats the environment, which beats the
 * defaults; objects and lists add up, the more particular last.
 */
export interface BeamlineConfig<Environment extends string = string> {
  /** For every environment. */
  readonly defaults?: BeamlineSettings;
  /** Chosen by `--env`. */
  readonly environments?: Readonly<Record<Environment, BeamlineSettings>>;
  /** The environment where `--env` is not given. Default: none, the defaults alone. */
  readonly defaultEnvironment?: NoInfer<Environment>;
}

/**
 * Types the default export of `beamline.config.ts`, and gives it back as it is.
 *
 * ```ts
 * export default defineConfig({
 *   defaults: { region: "eu-west-1", bucket: "acme-beam" },
 *   environments: { prod: { context: "prod", profile: "spot", executors: 20 } },
 * });
 * ```
 */
export function defineConfig<const Environment extends string>(
  config: BeamlineConfig<Environment>,
): BeamlineConfig<Environment> {
  return config;
}
