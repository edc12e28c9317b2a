import { parse as parseYaml } from "yaml";
import { render, type SetExpression, TEXT_MAPS } from "./set-path.js";

type Writable = Record<string, unknown> | unknown[];

/**
 * A copy of `target` in which the value is set, objects and list items on the way made as needed;
 * `null` takes it away. Where a text stands or belongs, the value is that text as typed; elsewhere
 * it is read as YAML: numbers, true, false, `[a, b]`, `{a: 1}`.
 *
 * @throws Error with a sentence on why it cannot be set.
 */
export function applySet<T>(target: T, { path, value }: SetExpression): T {
  const copy = structuredClone(target);
  let at = copy as unknown as Writable;
  for (const [index, key] of path.slice(0, -1).entries()) {
    const inside = readAt(at, key, path);
    const isMissing = inside === undefined || inside === null;
    const next = isMissing ? (typeof path[index + 1] === "number" ? [] : {}) : inside;
    if (typeof next !== "object" || next === null) {
      throw new Error(
        `${render(path.slice(0, index + 1))} is ${JSON.stringify(next)}, which has nothing inside`,
      );
    }
    if (isMissing) writeAt(at, key, next, path);
    at = next as Writable;
  }
  const last = path.at(-1) ?? "";
  const before = readAt(at, last, path);
  const parent = path.at(-2);
  const isText =
    typeof before === "string" || (typeof parent === "string" && TEXT_MAPS.has(parent));
  if (value === "null") removeAt(at, last);
  else writeAt(at, last, isText ? value : parseYaml(value), path);
  return copy;
}

function readAt(at: Writable, key: string | number, path: SetExpression["path"]): unknown {
  if (Array.isArray(at)) {
    if (typeof key === "number") return at[key];
    throw new Error(`${render(path)} goes through a list; write its item as [0]`);
  }
  if (typeof key === "string") return at[key];
  throw new Error(`${render(path)} goes through an object, whose fields are not numbered`);
}

function writeAt(
  at: Writable,
  key: string | number,
  value: unknown,
  path: SetExpression["path"],
): void {
  if (!Array.isArray(at)) {
    // Own fields only: "__proto__" is a name like any other.
    Object.defineProperty(at, key, { value, enumerable: true, writable: true, configurable: true });
  } else if (typeof key === "number" && key <= at.length) at[key] = value;
  else throw new Error(`${render(path)} leaves a gap: the list has ${at.length} items`);
}

function removeAt(at: Writable, key: string | number): void {
  if (Array.isArray(at)) at.splice(Number(key), 1);
  else delete at[key];
}
