import { BeamlineError } from "../../model/errors.js";
import type { Column } from "./columns.js";

/** Where each column stands in the records of a file. */
export function placesOf(
  file: string,
  header: readonly string[],
  columns: readonly Column[],
): readonly number[] {
  const twice = header.find((name, i) => header.indexOf(name) !== i);
  if (twice !== undefined && columns.some(({ name }) => name === twice)) {
    throw badHeader(file, `its header has "${twice}" twice`);
  }
  const missing = columns.filter(({ name, nullable }) => !nullable && !header.includes(name));
  if (missing.length > 0) {
    const names = missing.map(({ name }) => `"${name}"`).join(", ");
    throw badHeader(file, `its header lacks ${names}; it has ${header.join(", ")}`);
  }
  return columns.map(({ name }) => header.indexOf(name));
}

export function badHeader(file: string, state: string): BeamlineError {
  return new BeamlineError(
    "BAD_HEADER",
    `Cannot read "${file}": ${state}; name the columns as the schema's fields are, or say how they are called with { header: ["...", ...] }`,
  );
}
