import { byRound } from "./rounds.mjs";
import { pairedRatios, summarize } from "./stats.mjs";

/**
 * Whether a figure was reached: `undefined` where it was not measured.
 *
 * @typedef {object} Verdict
 * @property {string} text
 * @property {boolean | undefined} met
 * @property {string} measured for people, with its unit
 */

/**
 * Times, ratios and rates are judged by their median; memory by its worst round.
 *
 * @param {import("./plan.mjs").Target} target
 * @param {readonly import("./run-plan.mjs").Run[]} runs
 * @param {readonly import("./analyze.mjs").ContenderResult[]} results
 * @returns {Verdict}
 */
export function judge(target, runs, results) {
  const value = measured(target, runs, results);
  if (value === undefined || Number.isNaN(value)) {
    return { text: target.text, met: undefined, measured: "not measured" };
  }
  const met = "atMost" in target ? value <= target.atMost : value >= target.atLeast;
  return { text: target.text, met, measured: withUnit(target.measure, value) };
}

/**
 * @param {import("./plan.mjs").Target} target
 * @param {readonly import("./run-plan.mjs").Run[]} runs
 * @param {readonly import("./analyze.mjs").ContenderResult[]} results
 */
function measured(target, runs, results) {
  const result = results.find(({ id }) => id === target.of);
  switch (target.measure) {
    case "ratio": {
      const wall = (/** @type {string} */ id) =>
        byRound(
          runs.find(({ contender }) => contender.id === id),
          "wallSeconds",
        );
      const to = typeof target.to === "string" ? [target.to] : target.to;
      const ratios = pairedRatios(wall(target.of), fastest(to.map(wall)));
      return ratios.length === 0 ? undefined : summarize(ratios).median;
    }
    case "wallSeconds":
      return result?.wallSeconds?.median;
    case "peakRssBytes":
      return result?.peakRssBytes?.max;
    case "rate":
      return result?.rate?.median;
  }
}

/**
 * The least figure of each round.
 *
 * @param {readonly ReadonlyMap<number, number>[]} contenders
 */
function fastest(contenders) {
  /** @type {Map<number, number>} */
  const least = new Map();
  for (const [round, figure] of contenders.flatMap((byRound) => [...byRound])) {
    least.set(round, Math.min(figure, least.get(round) ?? figure));
  }
  return least;
}

/**
 * @param {import("./plan.mjs").Target["measure"]} measure
 * @param {number} value
 */
function withUnit(measure, value) {
  switch (measure) {
    case "ratio":
      return `${value.toFixed(2)}x`;
    case "wallSeconds":
      return `${value.toFixed(2)} s`;
    case "peakRssBytes":
      return `${Math.ceil(value / 1e6)} MB`;
    case "rate":
      return `${(value / 1e6).toFixed(1)} M/s`;
  }
}
