/** What the jobs that are bigger than memory may use. */
export const MEMORY = "1GiB";

/** So little that what V8 has not collected would be most of it. */
export const LITTLE_MEMORY = "128MiB";

/** @type {Readonly<Record<string, number>>} */
const BYTES = { [MEMORY]: 2 ** 30, [LITTLE_MEMORY]: 2 ** 27 };

/** What a process holds besides: Node, its threads, their heaps. */
const BESIDES_BYTES = 200e6;

/**
 * The target that a contender with `--memory` stays within it.
 *
 * @param {string} of
 * @param {string} label
 * @param {string} memory as its flag has it
 * @returns {import("./plan.mjs").Target}
 */
export function withinBudget(of, label, memory = MEMORY) {
  return {
    text: `${label}: peak memory within ${memory} + 200 MB`,
    ...{ of, measure: "peakRssBytes", atMost: (BYTES[memory] ?? 0) + BESIDES_BYTES },
  };
}
