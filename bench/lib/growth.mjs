/** How much longer four times the input may take: linear within a tenth. */
const AT_MOST = 4.4;

/**
 * The target that four times the input takes no more than four times the time, or little more.
 *
 * @param {string} of id of the contender with all of the input
 * @param {string} to id of the same with a quarter of it
 * @param {string} label
 * @returns {import("./plan.mjs").Target}
 */
export function linearGrowth(of, to, label) {
  const text = `${label}: 4x the input takes at most ${AT_MOST}x the time`;
  return { text, of, measure: "ratio", to, atMost: AT_MOST };
}
