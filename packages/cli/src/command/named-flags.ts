import { kebabCase } from "../text/names.js";
import { type Command, commonFlags, type FlagTable } from "./command.js";
import type { NamedFlag } from "./flag.js";

/** A command's own flags as they are typed, and those of every command. */
export function ownFlags(command: Command): NamedFlag[] {
  return namedFlags({ ...command.flags, ...commonFlags });
}

export function namedFlags(table: FlagTable): NamedFlag[] {
  return Object.entries(table).map(([key, flag]) => ({ ...flag, name: kebabCase(key) }));
}

/** Values by the names that a handler uses: the last one given, or all of a repeatable flag. */
export function flagValues(
  command: Command,
  flags: readonly NamedFlag[],
  values: ReadonlyMap<NamedFlag, readonly unknown[]>,
): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const key of Object.keys({ ...command.flags, ...commonFlags })) {
    const flag = flags.find(({ name }) => name === kebabCase(key));
    const given = flag && values.get(flag);
    if (given !== undefined) found[key] = flag?.repeatable === true ? given : given.at(-1);
  }
  return found;
}
