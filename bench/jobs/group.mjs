import { MEMORY, withinBudget } from "../lib/budget.mjs";
import { datasetOf, datasets, ensureDataset } from "../lib/datasets.mjs";
import { linearGrowth } from "../lib/growth.mjs";
import { beamlineRun } from "../lib/plan.mjs";
import { KEY_BYTES } from "../lib/record-lines.mjs";

/** @type {Readonly<Record<string, string>>} */
const QUARTERS = { "4gb": "1gb", "40mb": "10mb" };

/**
 * GroupByKey of four times what may be held in memory, next to GNU sort of the same file with the
 * same memory: both write every record, those of a key together.
 *
 * @type {import("../lib/plan.mjs").Job}
 */
export const group = {
  name: "group",
  onRequest: true,
  async plan(context) {
    const { size = "4gb", cache } = context;
    const dataset = datasetOf("group", only(Object.keys(QUARTERS)), size);
    const quarter = datasetOf("group", datasets.records, QUARTERS[size] ?? "");
    const [input, smaller] = [
      await ensureDataset(dataset, cache),
      await ensureDataset(quarter, cache),
    ];
    const sort = (/** @type {string} */ file) => (/** @type {string} */ output) => [
      ...["env", "LC_ALL=C", "sort", "--parallel=2", "-S", "1G"],
      ...["-T", output.slice(0, output.lastIndexOf("/")), "-o", output, file],
    ];
    const beamline = (/** @type {string} */ file) => (/** @type {string} */ output) =>
      beamlineRun(context, "bench/pipelines/group.ts", [
        ...["--input", file, "--output", output, "--workers", "2", "--memory", MEMORY],
      ]);
    return {
      title: `GroupByKey of ${size} of 100-byte records, two a key, within ${MEMORY}`,
      parameters: { size, sha256: dataset.sha256 },
      reference: "sort",
      comparison: { groupedBy: KEY_BYTES },
      contenders: [
        { id: "sort", label: "GNU sort --parallel=2 -S 1G", command: sort(input) },
        {
          ...{ id: "beamline", label: "Beamline, 2 workers", ours: true },
          command: beamline(input),
        },
        {
          ...{ id: "sort-quarter", label: "GNU sort, a quarter of the input" },
          ...{ command: sort(smaller), unchecked: true },
        },
        {
          ...{ id: "beamline-quarter", label: "Beamline, a quarter of the input", ours: true },
          ...{ command: beamline(smaller), sameAs: "sort-quarter" },
        },
      ],
      targets: [
        {
          text: "at most 1.5x the time of GNU sort",
          ...{ of: "beamline", measure: "ratio", to: "sort", atMost: 1.5 },
        },
        withinBudget("beamline", "all of the input"),
        linearGrowth("beamline", "beamline-quarter", "Beamline"),
      ],
    };
  },
};

/** @param {readonly string[]} sizes */
function only(sizes) {
  return Object.fromEntries(
    Object.entries(datasets.records).filter(([size]) => sizes.includes(size)),
  );
}
