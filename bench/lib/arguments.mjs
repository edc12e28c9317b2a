import { parseArgs } from "node:util";

/** Who can run next to Beamline. */
export const PEERS = ["loop", "two-threads", "python", "pyspark", "arrays"];

/** What `npm run bench -- --help` prints. */
export const help = `Usage: npm run bench -- [wordcount|chain|data-plane|cold|calls|spark|nexmark|all] [options]

Times whole processes from outside, interleaved, and prints ratios to a hand-written loop.
spark is not among all: it needs Java 11 to 17, and the first time Maven and some minutes.
Nor is nexmark, 26 runs a round.

  --size 14mb|140mb    text of the wordcount and spark jobs (default 140mb)
  --workers N,N        worker counts of Beamline in the wordcount job (default 1,2)
  --peers A,B          of two-threads, python, pyspark, arrays (default all that are installed);
                       the loop always runs; naming python or pyspark installs it where it is missing
  --peers-only         leave Beamline out
  --rounds N           default 5
  --slow-rounds N      rounds of Beam Python and of PySpark's RDDs at most (default 2)
  --elements N         integers of the chain job (default 10000000)
  --kinglear FILE      book of the cold job (default Moby-Dick, from the dev dependency)
  --markdown           print Markdown tables
  --json FILE          also write every sample, ratio and the machine to FILE
  --check              fail if a ratio is over 15% worse than the last recorded one, beyond its
                       spread; a run that fails is not recorded
  --no-record          do not record this run's ratios
  --help
`;

/**
 * @typedef {object} Arguments
 * @property {readonly string[]} jobs names, in the order given; empty for all
 * @property {string} size
 * @property {readonly number[]} workers
 * @property {ReadonlySet<string> | undefined} peers
 * @property {boolean} peersOnly
 * @property {number} rounds
 * @property {number} slowRounds
 * @property {number} elements
 * @property {string | undefined} book
 * @property {boolean} markdown
 * @property {string | undefined} json
 * @property {boolean} check
 * @property {boolean} record
 * @property {boolean} help
 */

/**
 * @param {readonly string[]} args
 * @returns {Arguments} throws a sentence where an argument makes no sense
 */
export function readArguments(args) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      size: { type: "string", default: "140mb" },
      workers: { type: "string", default: "1,2" },
      peers: { type: "string" },
      "peers-only": { type: "boolean", default: false },
      rounds: { type: "string", default: "5" },
      "slow-rounds": { type: "string", default: "2" },
      elements: { type: "string", default: "10000000" },
      kinglear: { type: "string" },
      markdown: { type: "boolean", default: false },
      json: { type: "string" },
      check: { type: "boolean", default: false },
      "no-record": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  return {
    jobs: positionals.includes("all") ? [] : positionals,
    size: values.size,
    workers: values.workers.split(",").map((text) => wholeNumber("--workers", text)),
    peers: values.peers === undefined ? undefined : readPeers(values.peers),
    peersOnly: values["peers-only"],
    rounds: wholeNumber("--rounds", values.rounds),
    slowRounds: wholeNumber("--slow-rounds", values["slow-rounds"]),
    elements: wholeNumber("--elements", values.elements),
    book: values.kinglear,
    markdown: values.markdown,
    json: values.json,
    check: values.check,
    record: !values["no-record"],
    help: values.help,
  };
}

/** @param {string} text */
function readPeers(text) {
  const names = text.split(",");
  const unknown = names.filter((name) => !PEERS.includes(name));
  if (unknown.length === 0) return new Set(names);
  throw new Error(
    `Cannot read --peers: there is no ${unknown.join(", ")}; choose from ${PEERS.join(", ")}`,
  );
}

/**
 * @param {string} flag
 * @param {string} text
 */
function wholeNumber(flag, text) {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Error(`Cannot read ${flag}: "${text}" is not a whole number above 0; see --help`);
}
