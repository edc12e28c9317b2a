/**
 * Text that is the same for equal plain data, whatever the order of object keys. Functions and
 * class instances count only as what they are called: they are code, and code is compared by bundle.
 */
export function stableText(value: unknown, seen: readonly unknown[] = []): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      return `${value}n`;
    case "function":
      return `function ${value.name}`;
    case "object":
      break;
    default:
      return String(value);
  }
  if (value === null) return "null";
  if (seen.includes(value)) return "(cycle)";
  const inside = [...seen, value];
  const list = (items: Iterable<unknown>) =>
    [...items].map((item) => stableText(item, inside)).join(",");
  if (Array.isArray(value)) return `[${list(value)}]`;
  if (value instanceof Date) return `Date ${value.getTime()}`;
  if (value instanceof RegExp) return String(value);
  if (value instanceof Map) return `Map [${list(value)}]`;
  if (value instanceof Set) return `Set [${list(value)}]`;
  if (ArrayBuffer.isView(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return `${value.constructor.name} ${bytes.toString("base64")}`;
  }
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  const name = Object.getPrototypeOf(value)?.constructor?.name ?? "";
  const body = entries.map(([key, item]) => `${JSON.stringify(key)}:${stableText(item, inside)}`);
  return `${name === "Object" ? "" : name}{${body.join(",")}}`;
}
