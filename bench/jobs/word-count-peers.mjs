/**
 * Those of `ids` that were asked for and can run here, as contenders that count `input`'s words.
 *
 * @param {import("../lib/plan.mjs").Context} context
 * @param {string} input
 * @param {readonly string[]} ids
 * @returns {import("../lib/plan.mjs").Contender[]}
 */
export function wordCountPeers({ root, peers, python, slowRounds }, input, ids) {
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
  return all.filter(({ id }) => ids.includes(id) && (id === "loop" || peers.has(id)));
}
