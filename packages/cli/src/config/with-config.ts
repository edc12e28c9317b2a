import type { FlagTable, FlagValues } from "../command/command.js";
import { UsageError } from "../command/usage-error.js";
import type { Cli } from "../terminal/cli.js";
import { configurableFlags } from "./configurable-flags.js";
import { loadConfig } from "./load-config.js";
import { addUp, readConfig } from "./read-config.js";

interface ConfigChoice {
  readonly env?: string | undefined;
  readonly config?: string | undefined;
}

export interface Configured<Flags extends FlagTable> {
  /** What was typed, and what the file says where nothing was. */
  readonly flags: FlagValues<Flags>;
  /** Of the file, if there is one. */
  readonly environment: string | undefined;
  /** Absolute. */
  readonly file: string | undefined;
}

/**
 * A command's flags after the project's configuration had its say: what was typed beats the
 * environment, which beats the defaults.
 *
 * @throws UsageError with everything that is wrong with the file, each with its line.
 */
export async function withConfig<Flags extends FlagTable>(
  table: Flags,
  typed: Partial<FlagValues<Flags>> & ConfigChoice,
  { cwd, env }: Pick<Cli, "cwd" | "env">,
): Promise<Configured<Flags>> {
  const loaded = await loadConfig({ file: typed.config, cwd, env });
  if (loaded === undefined) {
    if (typed.env === undefined)
      return { flags: typed as FlagValues<Flags>, environment: undefined, file: undefined };
    throw new UsageError("read the configuration", [
      {
        subject: `--env ${typed.env}`,
        message:
          "there is no beamline.config.ts at or above this folder; write one, or name it by --config",
      },
    ]);
  }
  const options = { environment: typed.env, flags: configurableFlags, cwd };
  const { values, environment, problems } = readConfig(loaded, options);
  if (problems.length > 0) throw new UsageError("read the configuration", problems);
  const own = Object.fromEntries(
    Object.entries(values).filter(([key]) => Object.hasOwn(table, key)),
  );
  const flags = addUp(table, own, typed) as FlagValues<Flags>;
  return { flags, environment, file: loaded.path };
}
