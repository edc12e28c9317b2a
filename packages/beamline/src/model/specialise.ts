/**
 * Makes a function from source text, with its own copy of machine code.
 *
 * V8 keeps type feedback per piece of source, so all `map` steps of a pipeline would share one
 * call site that sees every user function and every successor: megamorphic, never inlined. A copy
 * per step lets it inline a whole fused chain: several times the rate, see
 * `bench/micro/specialise.mjs`. So it is with rows: properties that are named in the source have
 * their place in the object, and those that come from an array are looked up by name. The number in
 * the comment keeps V8's compilation cache from sharing code after all.
 *
 * @param bindings - Names that the source can use, and their values.
 * @param source - A function expression.
 */
export function specialise<Fn>(bindings: Readonly<Record<string, unknown>>, source: string): Fn {
  const names = Object.keys(bindings);
  copies++;
  const make = new Function(...names, `"use strict"; /* copy ${copies} */ return ${source};`);
  return make(...Object.values(bindings)) as Fn;
}

let copies = 0;

/** Source text that reads a property, to stand behind an object. */
export function propertyAccess(name: string): string {
  return `[${JSON.stringify(name)}]`;
}

/** Source text that names a property in an object literal. */
export function propertyKey(name: string): string {
  // Computed: the other one would set the prototype.
  return name === "__proto__" ? '["__proto__"]' : JSON.stringify(name);
}

/** Gives an object a property of any name: to assign `__proto__` would set the prototype. */
export function setProperty(row: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== "__proto__") row[name] = value;
  else Object.defineProperty(row, name, { ...OF_A_LITERAL, value });
}

const OF_A_LITERAL = { writable: true, enumerable: true, configurable: true } as const;
