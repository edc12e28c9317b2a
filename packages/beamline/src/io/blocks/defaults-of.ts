import type { Schema } from "../../schema/schema.js";
import { defOf, type ZodLike } from "../../schema/zod-shape.js";

/** What zod has as `default()`, by field: what a field is that a file lacks. */
export function defaultsOf(schema: Schema<never> | Schema<object>): ReadonlyMap<string, unknown> {
  const fields = Object.entries(defOf(schema.shape as ZodLike).shape ?? {});
  const defaults = new Map<string, unknown>();
  for (const [name, type] of fields) {
    const found = defaultOf(type);
    if (found !== undefined) defaults.set(name, found.value);
  }
  return defaults;
}

function defaultOf(type: ZodLike): { readonly value: unknown } | undefined {
  const def = defOf(type) as ReturnType<typeof defOf> & { readonly defaultValue?: unknown };
  if (def.type === "default" || def.type === "prefault") return { value: def.defaultValue };
  return def.innerType === undefined ? undefined : defaultOf(def.innerType);
}
