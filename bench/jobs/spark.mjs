import { datasetOf, datasets, ensureDataset } from "../lib/datasets.mjs";
import { beamlineRun } from "../lib/plan.mjs";
import { pysparkJob, SPARK_WARM_UPS, wordCountPeers } from "./word-count-peers.mjs";

/**
 * WordCount on Spark `local[2]`, next to what people write for Spark: with Spark up and warm, with
 * Spark up but new, and with Spark's own start.
 *
 * @type {import("../lib/plan.mjs").Job}
 */
export const spark = {
  name: "spark",
  onRequest: true,
  environments: ["python", "pyspark"],
  async plan(context) {
    const { size = "140mb", cache } = context;
    const dataset = datasetOf("spark", datasets.words, size);
    const input = await ensureDataset(dataset, cache);
    return {
      title: `WordCount on Spark local[2], ${Math.round(dataset.bytes / 1e6)} MB of text`,
      parameters: { size, sha256: dataset.sha256 },
      reference: "loop",
      contenders: [
        ...wordCountPeers(context, input, ["loop"]),
        ...interleaved(beamline(context, input), pyspark(context, input)),
        ...beamPython(context, input),
      ],
      targets: size === "140mb" ? targets : [],
    };
  },
};

/**
 * @param {import("../lib/plan.mjs").Context} context
 * @returns {import("../lib/plan.mjs").Service}
 */
function jobServer({ root }) {
  const command = [process.execPath, `${root}/bench/services/spark-job-server.mjs`];
  return { id: "Spark job server", command };
}

/**
 * @param {import("../lib/plan.mjs").Context} context
 * @param {string} input
 * @returns {import("../lib/plan.mjs").Contender[]}
 */
function beamline(context, input) {
  const service = jobServer(context);
  const run = (/** @type {string} */ output, /** @type {string[]} */ ...where) =>
    beamlineRun(context, "examples/wordcount.ts", [
      ...["--runner", "spark", ...where, "--input", input, "--output", output],
    ]);
  const command = (/** @type {string} */ output, /** @type {string} */ address) =>
    run(output, "--job-endpoint", address);
  return [
    {
      ...{ id: "beamline", label: "Beamline, job server up and warm", ours: true },
      ...{ command, service, warmUps: SPARK_WARM_UPS },
    },
    {
      ...{ id: "beamline-first", label: "Beamline, first job of a job server", ours: true },
      ...{ command, service, fresh: true },
    },
    {
      ...{ id: "beamline-whole", label: "Beamline, starts the job server", ours: true },
      command: (output) => run(output, "--spark-master", "local[2]"),
    },
  ];
}

/**
 * @param {import("../lib/plan.mjs").Context} context
 * @param {string} input
 * @returns {import("../lib/plan.mjs").Contender[]}
 */
function pyspark(context, input) {
  const { peers, pyspark: python, slowRounds } = context;
  if (!peers.has("pyspark") || python === undefined) return [];
  const { program, service, job } = pysparkJob(context, python, input);
  const command = job("dataframe");
  return [
    {
      ...{ id: "dataframe", label: "PySpark DataFrame, session up and warm" },
      ...{ command, service, warmUps: SPARK_WARM_UPS },
    },
    {
      ...{ id: "dataframe-first", label: "PySpark DataFrame, first job of a session" },
      ...{ command, service, fresh: true },
    },
    {
      ...{ id: "dataframe-whole", label: "PySpark DataFrame, starts its session" },
      command: (output) => [...program, "dataframe", input, output],
    },
    {
      ...{ id: "rdd", label: "PySpark RDD, session up and warm" },
      ...{ command: job("rdd"), service, warmUps: 1, rounds: slowRounds },
    },
  ];
}

/**
 * Beam Python on the job server that Beamline's jobs have warmed up, its workers in its own process
 * as Beamline's are.
 *
 * @param {import("../lib/plan.mjs").Context} context
 * @param {string} input
 * @returns {import("../lib/plan.mjs").Contender[]}
 */
function beamPython(context, input) {
  const { root, peers, python, slowRounds } = context;
  if (!peers.has("python") || python === undefined) return [];
  return [
    {
      ...{ id: "python", label: "Beam Python 2.62.0, the same job server" },
      ...{ service: jobServer(context), rounds: slowRounds },
      command: (output, address) => [
        ...[python, `${root}/bench/peers/beam_wordcount.py`, "--input", input, "--output", output],
        ...["--runner=PortableRunner", `--job_endpoint=${address}`, "--environment_type=LOOPBACK"],
      ],
    },
  ];
}

/**
 * What is compared runs one after the other: a, b, a, b, ...
 *
 * @template T
 * @param {readonly T[]} ours
 * @param {readonly T[]} theirs
 */
function interleaved(ours, theirs) {
  const pairs = Array.from({ length: Math.max(ours.length, theirs.length) }, (_, i) => [
    ...ours.slice(i, i + 1),
    ...theirs.slice(i, i + 1),
  ]);
  return pairs.flat();
}

/** @type {readonly import("../lib/plan.mjs").Target[]} */
const targets = [
  {
    text: "at most 1.0x the PySpark DataFrame's time, both up and warm",
    ...{ of: "beamline", measure: "ratio", to: "dataframe", atMost: 1 },
  },
  {
    text: "at most 1.0x the PySpark DataFrame's time, first job",
    ...{ of: "beamline-first", measure: "ratio", to: "dataframe-first", atMost: 1 },
  },
  {
    text: "at most 1.0x the PySpark DataFrame's time, start-up included",
    ...{ of: "beamline-whole", measure: "ratio", to: "dataframe-whole", atMost: 1 },
  },
  {
    text: "at most 0.3x Beam Python's time on the same job server",
    ...{ of: "beamline", measure: "ratio", to: "python", atMost: 0.3 },
  },
];
