import { byRound } from "./rounds.mjs";
import { pairedRatios, summarize } from "./stats.mjs";
import { judge } from "./targets.mjs";

/**
 * @typedef {import("./stats.mjs").Summary} Summary
 *
 * @typedef {object} ContenderResult
 * @property {string} id
 * @property {string} label
 * @property {boolean} ours
 * @property {string} [failure]
 * @property {boolean} [mayFail]
 * @property {import("./run-plan.mjs").Run["samples"]} samples
 * @property {Summary} [wallSeconds]
 * @property {Summary} [cpuSeconds]
 * @property {Summary} [peakRssBytes]
 * @property {Summary} [ratio] wall time to the reference's of the same round
 * @property {Summary} [cpuRatio] the same of processor time
 * @property {Summary} [rate] elements per second of processor time, start-up taken off
 *
 * @typedef {object} JobResult
 * @property {string} job
 * @property {string} title
 * @property {Readonly<Record<string, string | number>>} parameters
 * @property {string} reference
 * @property {ContenderResult[]} contenders
 * @property {{ equal: boolean, lines: number, differing: string[] }} outputs
 * @property {import("./targets.mjs").Verdict[]} targets
 */

/**
 * Turns the samples of a job into figures, ratios, and a verdict on outputs and targets.
 *
 * @param {string} job
 * @param {import("./plan.mjs").Plan} plan
 * @param {readonly import("./run-plan.mjs").Run[]} runs
 * @returns {JobResult}
 */
export function analyze(job, plan, runs) {
  const byId = new Map(runs.map((run) => [run.contender.id, run]));
  const reference = byId.get(plan.reference);
  const contenders = runs.map((run) => {
    const startup = byId.get(run.contender.startup ?? "");
    return contenderResult(run, reference, startup, plan.elements);
  });
  return {
    job,
    title: plan.title,
    parameters: plan.parameters,
    reference: plan.reference,
    contenders,
    outputs: compareOutputs(runs, reference),
    targets: plan.targets.map((target) => judge(target, runs, contenders)),
  };
}

/**
 * @param {import("./run-plan.mjs").Run} run
 * @param {import("./run-plan.mjs").Run | undefined} reference
 * @param {import("./run-plan.mjs").Run | undefined} startup
 * @param {number | undefined} elements
 * @returns {ContenderResult}
 */
function contenderResult(run, reference, startup, elements) {
  const { contender, samples, failure } = run;
  /** @type {ContenderResult} */
  const result = {
    id: contender.id,
    label: contender.label,
    ours: contender.ours ?? false,
    samples,
    ...(failure === undefined ? {} : { failure }),
    ...(contender.mayFail ? { mayFail: true } : {}),
  };
  if (samples.length === 0) return result;
  result.wallSeconds = summarize(samples.map((sample) => sample.wallSeconds));
  result.cpuSeconds = summarize(samples.map((sample) => sample.cpuSeconds));
  result.peakRssBytes = summarize(samples.map((sample) => sample.peakRssBytes));
  if (reference !== undefined) {
    const wall = pairedRatios(byRound(run, "wallSeconds"), byRound(reference, "wallSeconds"));
    const cpu = pairedRatios(byRound(run, "cpuSeconds"), byRound(reference, "cpuSeconds"));
    if (wall.length > 0) result.ratio = summarize(wall);
    if (cpu.length > 0) result.cpuRatio = summarize(cpu);
  }
  if (startup !== undefined && elements !== undefined) {
    const started = byRound(startup, "cpuSeconds");
    const rates = samples.flatMap(({ round, cpuSeconds }) => {
      const work = cpuSeconds - (started.get(round) ?? Number.NaN);
      return work > 0 ? [elements / work] : [];
    });
    if (rates.length > 0) result.rate = summarize(rates);
  }
  return result;
}

/**
 * @param {readonly import("./run-plan.mjs").Run[]} runs
 * @param {import("./run-plan.mjs").Run | undefined} reference
 */
function compareOutputs(runs, reference) {
  const differing = runs
    .filter(({ contender, output }) => !contender.unchecked && output !== undefined)
    .filter(({ contender: { sameAs }, output }) => {
      const other =
        sameAs === undefined ? reference : runs.find(({ contender }) => contender.id === sameAs);
      return output?.hash !== other?.output?.hash;
    })
    .map(({ contender }) => contender.label);
  return { equal: differing.length === 0, lines: reference?.output?.lines ?? 0, differing };
}
