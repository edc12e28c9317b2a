import { MEMORY, withinBudget } from "../lib/budget.mjs";
import { datasetOf, datasets, ensureDataset } from "../lib/datasets.mjs";
import { linearGrowth } from "../lib/growth.mjs";
import { beamlineRun } from "../lib/plan.mjs";

/**
 * The words of a text, each once, next to what a shell has for it within the same memory. Which one
 * is the faster depends on how many words there are, so there is a job for few and one for many.
 *
 * @type {import("../lib/plan.mjs").Job}
 */
export const distinct = {
  name: "distinct",
  onRequest: true,
  plan: (context) =>
    planOf(context, {
      job: "distinct",
      vocabulary: "20,000 different words",
      texts: datasets.words,
      quarters: { "4gb": "1gb", "1gb": "250mb", "140mb": "35mb" },
    }),
};

/** @type {import("../lib/plan.mjs").Job} */
export const distinctMany = {
  name: "distinct-many",
  onRequest: true,
  plan: (context) =>
    planOf(context, {
      job: "distinct-many",
      vocabulary: "a different word in thirty",
      texts: datasets.manyWords,
      quarters: { "4gb": "1gb", "1gb": "250mb", "40mb": "10mb" },
    }),
};

/**
 * @typedef {object} Variant
 * @property {string} job
 * @property {string} vocabulary
 * @property {Readonly<Record<string, import("../lib/datasets.mjs").Dataset>>} texts
 * @property {Readonly<Record<string, string>>} quarters of each size, the text with about a quarter
 */

/**
 * @param {import("../lib/plan.mjs").Context} context
 * @param {Variant} variant
 * @returns {Promise<import("../lib/plan.mjs").Plan>}
 */
async function planOf(context, { job, vocabulary, texts, quarters }) {
  const { size = "4gb", cache, slowRounds } = context;
  const sizes = Object.fromEntries(Object.entries(texts).filter(([name]) => name in quarters));
  const dataset = datasetOf(job, sizes, size);
  const input = await ensureDataset(dataset, cache);
  const smaller = await ensureDataset(datasetOf(job, texts, quarters[size] ?? ""), cache);
  const beamline = (/** @type {string} */ file) => (/** @type {string} */ output) =>
    beamlineRun(context, "examples/distinct.ts", [
      ...["--input", file, "--output", output, "--workers", "2", "--memory", MEMORY],
    ]);
  return {
    title: `Distinct words, ${size} of text with ${vocabulary}, within ${MEMORY}`,
    parameters: { size, sha256: dataset.sha256 },
    reference: "sort",
    comparison: "many lines",
    contenders: [
      {
        ...{ id: "sort", label: "tr | sort -u, within 1 GiB", rounds: slowRounds },
        command: shell('sort -u --parallel=2 -S 800M -T "$(dirname "$1")"', input),
      },
      {
        ...{ id: "awk", label: "tr | awk '!seen[$0]++', within 1 GiB", mayFail: true },
        command: shell("awk '!seen[$0]++'", input),
      },
      {
        ...{ id: "beamline", label: "Beamline, 2 workers", ours: true },
        command: beamline(input),
      },
      {
        ...{ id: "beamline-quarter", label: "Beamline, a quarter of the input", ours: true },
        ...{ command: beamline(smaller), unchecked: true },
      },
    ],
    targets: [
      {
        text: "at most 1.5x the time of the faster that survives",
        ...{ of: "beamline", measure: "ratio", to: ["awk", "sort"], atMost: 1.5 },
      },
      withinBudget("beamline", "all of the input"),
      linearGrowth("beamline", "beamline-quarter", "Beamline"),
    ],
  };
}

/**
 * Sends the words of a file, one a line, through `filter`, each process within 1 GiB.
 *
 * @param {string} filter
 * @param {string} input
 */
function shell(filter, input) {
  const script = [
    "set -o pipefail; export LC_ALL=C; ulimit -v 1048576",
    `tr -s '[:space:]' '\\n' < "$0" | ${filter} > "$1"`,
  ].join("; ");
  return (/** @type {string} */ output) => ["bash", "-c", script, input, output];
}
