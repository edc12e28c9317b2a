import { datasetOf, datasets, ensureDataset } from "../lib/datasets.mjs";
import { linearGrowth } from "../lib/growth.mjs";
import { beamlineRun } from "../lib/plan.mjs";
import { wordCountPeers } from "./word-count-peers.mjs";

/**
 * WordCount of a generated text: the job that everything has an implementation of.
 *
 * @type {import("../lib/plan.mjs").Job}
 */
export const wordcount = {
  name: "wordcount",
  environments: ["python", "pyspark"],
  async plan(context) {
    const { size = "140mb", cache, workers } = context;
    const dataset = datasetOf("wordcount", datasets.words, size);
    const input = await ensureDataset(dataset, cache);
    const most = Math.max(...workers);
    const smaller =
      size === "140mb" ? await ensureDataset(datasets.words["35mb"], cache) : undefined;
    return {
      title: `WordCount, ${Math.round(dataset.bytes / 1e6)} MB of text`,
      parameters: { size, sha256: dataset.sha256 },
      reference: "loop",
      contenders: [
        ...wordCountPeers(context, input, ["loop"]),
        ...workers.map((count) => ({
          id: `beamline-${count}`,
          label: `Beamline, ${count} worker${count === 1 ? "" : "s"}`,
          ours: true,
          command: (/** @type {string} */ output) =>
            beamlineRun(context, "examples/wordcount.ts", [
              ...["--input", input, "--output", output, "--workers", String(count)],
            ]),
        })),
        {
          id: "beamline-own",
          label: `Beamline, ${most} workers, a function of the user's own`,
          ours: true,
          command: (/** @type {string} */ output) =>
            beamlineRun(context, "bench/pipelines/word-count-own.ts", [
              ...["--input", input, "--output", output, "--workers", String(most)],
            ]),
        },
        ...wordCountPeers(context, input, ["two-threads", "pyspark", "python"]),
        ...(smaller === undefined
          ? []
          : [
              {
                ...{ id: "beamline-quarter", label: "Beamline, a quarter of the input" },
                ...{ ours: true, unchecked: true },
                command: (/** @type {string} */ output) =>
                  beamlineRun(context, "examples/wordcount.ts", [
                    ...["--input", smaller, "--output", output, "--workers", String(most)],
                  ]),
              },
            ]),
      ],
      targets:
        size === "140mb"
          ? [...targets, linearGrowth(`beamline-${most}`, "beamline-quarter", "Beamline")]
          : [],
    };
  },
};

/** @type {readonly import("../lib/plan.mjs").Target[]} */
const targets = [
  {
    text: "2 workers take at most 0.6x the loop's time",
    ...{ of: "beamline-2", measure: "ratio", to: "loop", atMost: 0.6 },
  },
  {
    text: "2 workers take at most 0.5x the time of PySpark's DataFrame, up and warm",
    ...{ of: "beamline-2", measure: "ratio", to: "pyspark", atMost: 0.5 },
  },
  {
    text: "1 worker takes at most 1.5x the loop's time",
    ...{ of: "beamline-1", measure: "ratio", to: "loop", atMost: 1.5 },
  },
  {
    text: "Beam Python takes at least 8x the time of 2 workers",
    ...{ of: "python", measure: "ratio", to: "beamline-2", atLeast: 8 },
  },
  {
    text: "2 workers stay under 400 MB",
    ...{ of: "beamline-2", measure: "peakRssBytes", atMost: 400e6 },
  },
  {
    text: "1 worker stays under 400 MB",
    ...{ of: "beamline-1", measure: "peakRssBytes", atMost: 400e6 },
  },
];
