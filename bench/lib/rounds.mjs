/**
 * One figure of a contender's samples, by round; empty for a contender that did not run.
 *
 * @param {import("./run-plan.mjs").Run | undefined} run
 * @param {"wallSeconds" | "cpuSeconds"} figure
 * @returns {Map<number, number>}
 */
export function byRound(run, figure) {
  return new Map(run?.samples.map((sample) => [sample.round, sample[figure]]));
}
