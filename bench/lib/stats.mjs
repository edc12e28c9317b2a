/**
 * What a set of samples says. One busy moment moves the ends but hardly the quartiles, so the
 * quartiles are the spread to judge by.
 *
 * @typedef {object} Summary
 * @property {number} count
 * @property {number} min
 * @property {number} q1
 * @property {number} median
 * @property {number} q3
 * @property {number} max
 */

/**
 * @param {readonly number[]} samples at least one
 * @returns {Summary}
 */
export function summarize(samples) {
  if (samples.length === 0) {
    throw new Error("Cannot summarize no samples: the list is empty; measure at least once");
  }
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    count: sorted.length,
    min: quantile(sorted, 0),
    q1: quantile(sorted, 0.25),
    median: quantile(sorted, 0.5),
    q3: quantile(sorted, 0.75),
    max: quantile(sorted, 1),
  };
}

/**
 * The value below which `fraction` of the samples lie, interpolated between the two nearest.
 *
 * @param {readonly number[]} sorted ascending, at least one
 * @param {number} fraction 0 to 1
 */
export function quantile(sorted, fraction) {
  const position = (sorted.length - 1) * fraction;
  const lower = sorted[Math.floor(position)] ?? Number.NaN;
  const upper = sorted[Math.ceil(position)] ?? Number.NaN;
  return lower + (upper - lower) * (position - Math.floor(position));
}

/**
 * `value / reference` of the rounds that have both: what ran within seconds of each other is
 * compared with each other, so that a slow minute of the machine cancels out.
 *
 * @param {ReadonlyMap<number, number>} values by round
 * @param {ReadonlyMap<number, number>} references by round
 * @returns {number[]} in the order of the rounds of `values`
 */
export function pairedRatios(values, references) {
  const ratios = [];
  for (const [round, value] of values) {
    const reference = references.get(round);
    if (reference !== undefined && reference > 0) ratios.push(value / reference);
  }
  return ratios;
}
