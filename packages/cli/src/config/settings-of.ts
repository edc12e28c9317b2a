import type { FlagTable } from "../command/command.js";
import type { Flag } from "../command/flag.js";

/** The settings that a table of flags makes possible in a file, by the same names. */
export type SettingsOf<Flags extends FlagTable> = {
  readonly [Name in keyof Flags]?: SettingOf<Flags[Name]>;
};

/** Several `NAME=VALUE` are an object, several of another kind a list; the rest is as it is typed. */
type SettingOf<F> = F extends { readonly repeatable: true }
  ? F extends Flag<readonly [string, string]>
    ? Readonly<Record<string, string | number | boolean>>
    : readonly string[]
  : F extends Flag<infer T>
    ? T extends boolean
      ? boolean
      : T extends number
        ? number | string
        : T extends string
          ? T
          : string
    : never;
