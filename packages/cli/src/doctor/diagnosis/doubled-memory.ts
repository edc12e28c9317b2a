/** Twice as much, as Spark writes memory: `512m` is `1024m`, nothing known is `2g`. */
export function doubledMemory(memory: string | undefined): string {
  const [, digits, unit = "m"] = /^(\d+)\s*([kmgt])?b?$/i.exec(memory ?? "") ?? [];
  return digits === undefined ? "2g" : `${2 * Number(digits)}${unit.toLowerCase()}`;
}
