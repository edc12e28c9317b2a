/**
 * Whether `prototype` is that of the built-in class `name`, in this realm or in another (values
 * from `node:vm` contexts, as test runners use them, have prototypes of their own).
 */
export function isIntrinsicPrototype(prototype: unknown, name: string): boolean {
  if (typeof prototype !== "object" || prototype === null) return false;
  if (!Object.hasOwn(prototype, "constructor")) return false;
  const type: unknown = prototype.constructor;
  return (
    typeof type === "function" &&
    type.name === name &&
    type.prototype === prototype &&
    Function.prototype.toString.call(type).endsWith("{ [native code] }")
  );
}
