import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";

/**
 * @typedef {import("./analyze.mjs").JobResult} JobResult
 * @typedef {import("./stats.mjs").Summary} Summary
 * @typedef {z.infer<typeof historySchema>} History the last recorded ratios, by job and contender
 */

const summarySchema = z.object({
  count: z.number(),
  min: z.number(),
  q1: z.number(),
  median: z.number(),
  q3: z.number(),
  max: z.number(),
});

const historySchema = z.record(
  z.string(),
  z.object({ recordedAt: z.string(), ratios: z.record(z.string(), summarySchema) }),
);

/** Fewer rounds than this say too little about their spread to be compared with. */
export const ROUNDS_TO_RECORD = 3;

/** How much slower, relative to the reference, counts as a regression. */
const TOLERANCE = 1.15;

/**
 * @param {string} path
 * @returns {Promise<History>} empty where nothing was recorded
 */
export async function readHistory(path) {
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text === undefined ? {} : historySchema.parse(JSON.parse(text));
}

/**
 * @param {string} path
 * @param {History} history
 */
export async function writeHistory(path, history) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.tmp`, `${JSON.stringify(history, undefined, 2)}\n`);
  await rename(`${path}.tmp`, path);
}

/**
 * The history with this result in place of the last one of the same job and parameters; unchanged
 * where a contender failed, outputs differ or there were too few rounds.
 *
 * @param {History} history
 * @param {JobResult} result
 * @param {string} recordedAt
 * @returns {History}
 */
export function withResult(history, result, recordedAt) {
  const ours = result.contenders.filter((contender) => contender.ours);
  const sound = ours.every(
    ({ failure, samples }) => failure === undefined && samples.length >= ROUNDS_TO_RECORD,
  );
  if (ours.length === 0 || !sound || !result.outputs.equal) return history;
  const key = historyKey(result);
  const ratios = Object.fromEntries(
    ours.flatMap(({ id, ratio }) => (ratio === undefined ? [] : [[id, ratio]])),
  );
  return {
    ...history,
    [key]: { recordedAt, ratios: { ...history[key]?.ratios, ...ratios } },
  };
}

/**
 * Whether there is anything to compare this result with.
 *
 * @param {History} history
 * @param {JobResult} result
 */
export function isRecorded(history, result) {
  return history[historyKey(result)] !== undefined;
}

/**
 * What got worse: a median ratio more than 15% above the recorded one, where the middle halves of
 * the two sets of rounds do not even touch.
 *
 * @param {History} history
 * @param {JobResult} result
 * @returns {string[]} a sentence each
 */
export function regressions(history, result) {
  const recorded = history[historyKey(result)];
  if (recorded === undefined) return [];
  return result.contenders.flatMap(({ id, label, ratio }) => {
    const before = recorded.ratios[id];
    if (before === undefined || ratio === undefined || !isWorse(ratio, before)) return [];
    const change = Math.round((ratio.median / before.median - 1) * 100);
    return [
      `${result.title}: ${label} takes ${ratio.median.toFixed(2)}x the reference's time, ` +
        `${change}% more than ${before.median.toFixed(2)}x on ${recorded.recordedAt}`,
    ];
  });
}

/**
 * @param {Summary} now
 * @param {Summary} before
 */
function isWorse(now, before) {
  return now.median > before.median * TOLERANCE && now.q1 > before.q3;
}

/** @param {JobResult} result */
function historyKey({ job, parameters }) {
  const sorted = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${job} ${sorted.map(([name, value]) => `${name}=${value}`).join(" ")}`;
}
