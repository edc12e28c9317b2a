import type { Flag, Parsed } from "../command/flag.js";
import { parseSet, type SetExpression } from "./set-path.js";
import type { LocalDisk } from "./settings.js";
import type { Toleration } from "./spark-application.js";

type About = Pick<Flag, "summary" | "defaultText">;

/** A repeatable flag: its values add up. */
export type Repeatable<T> = Flag<T> & { readonly repeatable: true };

/** `NAME=VALUE` where both are texts: properties of Spark, labels of nodes. */
export function propertyFlag(about: About): Repeatable<readonly [string, string]> {
  return {
    kind: "value",
    repeatable: true,
    placeholder: "NAME=VALUE",
    ...about,
    parse(text): Parsed<readonly [string, string]> {
      const [, name, value] = /^([^=\s]+)=(.*)$/s.exec(text) ?? [];
      if (name === undefined || value === undefined) {
        return { ok: false, problem: "not NAME=VALUE" };
      }
      return { ok: true, value: [name, value] };
    },
  };
}

/** Names, one each time. */
export function listFlag(about: About & { readonly placeholder: string }): Repeatable<string> {
  return { kind: "value", repeatable: true, ...about, parse: (value) => ({ ok: true, value }) };
}

export function setFlag(about: About): Repeatable<SetExpression> {
  return { kind: "value", repeatable: true, placeholder: "PATH=VALUE", ...about, parse: parseSet };
}

const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"] as const;

/** `KEY`, `KEY=VALUE`, and either with `:EFFECT`: as taints of nodes are written. */
export function tolerationFlag(about: About): Repeatable<Toleration> {
  return {
    kind: "value",
    repeatable: true,
    placeholder: "KEY[=VALUE][:EFFECT]",
    ...about,
    parse(text): Parsed<Toleration> {
      const [, key, value, effectName] = /^([^=:\s]+)(?:=([^:]*))?(?::(\w+))?$/.exec(text) ?? [];
      const effect = EFFECTS.find((each) => each === effectName);
      if (key === undefined || (effectName !== undefined && effect === undefined)) {
        return {
          ok: false,
          problem: `not KEY=VALUE:EFFECT with an effect of ${EFFECTS.join(", ")}`,
        };
      }
      return {
        ok: true,
        value: {
          key,
          ...(value === undefined
            ? { operator: "Exists" as const }
            : { operator: "Equal" as const, value }),
          ...(effect === undefined ? {} : { effect }),
        },
      };
    },
  };
}

/** `empty-dir[:SIZE]`, `host-path:PATH` or `claim:STORAGE-CLASS:SIZE`. */
export function localDiskFlag(about: About): Flag<LocalDisk> {
  return {
    kind: "value",
    placeholder: "KIND",
    ...about,
    parse(text): Parsed<LocalDisk> {
      const [kind, first, second, ...rest] = text.split(":");
      const isOver = rest.length > 0;
      if (kind === "empty-dir" && second === undefined) {
        if (first === undefined) return { ok: true, value: { kind } };
        if (isQuantity(first)) return { ok: true, value: { kind, size: first } };
      }
      if (kind === "host-path" && first?.startsWith("/") === true && second === undefined) {
        return { ok: true, value: { kind, path: first } };
      }
      if (kind === "claim" && first && second !== undefined && isQuantity(second) && !isOver) {
        return { ok: true, value: { kind, storageClass: first, size: second } };
      }
      return {
        ok: false,
        problem: "not empty-dir, empty-dir:200Gi, host-path:/mnt/nvme or claim:gp3:100Gi",
      };
    },
  };
}

function isQuantity(text: string): boolean {
  return /^\d+(\.\d+)?([KMGTP]i?)?$/.test(text);
}

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** A time such as `90s`, `30m`, `2h` or `7d`, in seconds. */
export function secondsFlag(about: About): Flag<number> {
  return {
    kind: "value",
    placeholder: "TIME",
    ...about,
    parse(text): Parsed<number> {
      const [, digits, unit = "s"] = /^(\d+)([smhd])?$/.exec(text) ?? [];
      if (digits === undefined)
        return { ok: false, problem: "not a time; write 90s, 30m, 2h or 7d" };
      return { ok: true, value: Number(digits) * SECONDS[unit as keyof typeof SECONDS] };
    },
  };
}
