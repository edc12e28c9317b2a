import type { Label } from "../graph/graph-builder.js";
import { BeamlineError } from "../model/errors.js";

/** Takes the optional leading name off an argument list. */
export function splitLabel(
  defaultName: string,
  args: readonly unknown[],
): { readonly label: Label; readonly rest: readonly unknown[] } {
  const [first, ...rest] = args;
  return typeof first === "string"
    ? { label: { name: first, given: true }, rest }
    : { label: { name: defaultName, given: false }, rest: args };
}

/** The same for verbs that take a function: `Map(parse)` for a named one, else `Map`. */
export function splitFunction<Fn extends (...args: never[]) => unknown>(
  verb: string,
  args: readonly unknown[],
): { readonly label: Label; readonly fn: Fn; readonly rest: readonly unknown[] } {
  const given = typeof args[0] === "string";
  const [fn, ...rest] = given ? args.slice(1) : args;
  if (typeof fn !== "function") {
    throw new BeamlineError(
      "NOT_A_FUNCTION",
      `Cannot apply ${verb}(): it got ${fn === null ? "null" : typeof fn} where a function belongs; write ${verb}(fn) or ${verb}("Name", fn)`,
    );
  }
  const verbName = verb.charAt(0).toUpperCase() + verb.slice(1);
  const own = /^[\w$]+$/.test(fn.name) ? `${verbName}(${fn.name})` : verbName;
  const label = given ? { name: args[0] as string, given } : { name: own, given };
  return { label, fn: fn as Fn, rest };
}
