/**
 * Those of `ids` that were asked for and can run here, as contenders that count `input`'s words.
 *
 * @param {import("../lib/plan.mjs").Context} context
 * @param {string} input
 * @param {readonly string[]} ids
 * @returns {import("../lib/plan.mjs").Contender[]}
 */
export function wordCountPeers(context, input, ids) {
  const { root, peers, python, pyspark, slowRounds } = context;
  const folder = `${root}/bench/peers`;
  /** @type {import("../lib/plan.mjs").Contender[]} */
  const all = [
    {
      id: "loop",
      label: "hand-written loop, one thread",
      command: (output) => [process.execPath, `${folder}/loop.mjs`, input, output],
    },
    {
      id: "two-threads",
      label: "hand-written, two threads",
      command: (output) => [process.execPath, `${folder}/two-threads.mjs`, input, output],
    },
  ];
  if (python !== undefined) {
    all.push({
      id: "python",
      label: "Beam Python 2.62.0, DirectRunner",
      rounds: slowRounds,
      command: (output) => [
        ...[python, `${folder}/beam_wordcount.py`, "--input", input, "--output", output],
      ],
    });
  }
  if (pyspark !== undefined) {
    const { service, job } = pysparkJob(context, pyspark, input);
    all.push({
      ...{ id: "pyspark", label: "PySpark DataFrame local[2], session up and warm" },
      ...{ command: job("dataframe"), service, warmUps: SPARK_WARM_UPS },
    });
  }
  return all.filter(({ id }) => ids.includes(id) && (id === "loop" || peers.has(id)));
}

/** Runs that are not counted: Java compiles what it runs often, and is not done after one job. */
export const SPARK_WARM_UPS = 2;

/**
 * How to count `input`'s words with PySpark.
 *
 * @param {import("../lib/plan.mjs").Context} context
 * @param {string} python an interpreter with PySpark
 * @param {string} input
 */
export function pysparkJob({ root }, python, input) {
  const program = [python, `${root}/bench/peers/pyspark_wordcount.py`];
  const client = [process.execPath, `${root}/bench/peers/pyspark-job.mjs`];
  return {
    program,
    /** A session that stays up. */
    service: { id: "PySpark session", command: [...program, "serve"] },
    /** A job that is sent to it. */
    job:
      (/** @type {"dataframe" | "rdd"} */ kind) =>
      (/** @type {string} */ output, /** @type {string} */ address) => [
        ...[...client, address, kind, input, output],
      ],
  };
}
