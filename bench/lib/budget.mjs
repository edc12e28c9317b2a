/** What the jobs that are bigger than memory may use, as a flag and in bytes. */
export const MEMORY = "1GiB";
const MEMORY_BYTES = 2 ** 30;

/** What a process holds besides: Node, its threads, their heaps. */
const BESIDES_BYTES = 200e6;

/**
 * The target that a contender with `--memory` stays within it.
 *
 * @param {string} of
 * @param {string} label
 * @returns {import("./plan.mjs").Target}
 */
export function withinBudget(of, label) {
  return {
    text: `${label}: peak memory within ${MEMORY} + 200 MB`,
    ...{ of, measure: "peakRssBytes", atMost: MEMORY_BYTES + BESIDES_BYTES },
  };
}
