/**
 * The import cycles of a set of files: one shortest cycle for each group of files that reach each
 * other, as the list of its files, first one repeated at the end. Cycles of type-only imports
 * count: they too mean that neither file can be read, or moved, without the other.
 * @param {ReadonlyMap<string, readonly string[]>} imports
 * @returns {string[][]}
 */
export function importCycles(imports) {
  /** @type {string[][]} */
  const cycles = [];
  /** @type {Set<string>} */
  const done = new Set();
  for (const file of [...imports.keys()].sort()) {
    if (done.has(file)) continue;
    const cycle = shortestPath(imports, file, file);
    if (cycle === undefined) continue;
    cycles.push(cycle);
    for (const other of imports.keys()) {
      const sameGroup =
        shortestPath(imports, file, other) !== undefined &&
        shortestPath(imports, other, file) !== undefined;
      if (sameGroup) done.add(other);
    }
  }
  return cycles;
}

/**
 * Breadth first; the path has at least one step, so that a file reaches itself only by a cycle.
 * @param {ReadonlyMap<string, readonly string[]>} imports
 * @param {string} from
 * @param {string} to
 * @returns {string[] | undefined}
 */
function shortestPath(imports, from, to) {
  /** @type {Map<string, string>} */
  const cameFrom = new Map();
  const queue = [from];
  for (const file of queue) {
    for (const next of imports.get(file) ?? []) {
      if (next === to) {
        const path = [to];
        for (let step = file; step !== from; step = cameFrom.get(step) ?? from) path.unshift(step);
        return [from, ...path];
      }
      if (!cameFrom.has(next) && next !== from) {
        cameFrom.set(next, file);
        queue.push(next);
      }
    }
  }
  return undefined;
}
