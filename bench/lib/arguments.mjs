import { parseArgs } from "node:util";

/** Who can run next to Beamline. */
export const PEERS = ["loop", "two-threads", "python", "pyspark", "arrays"];

/** What `npm run bench -- --help` prints. */
export const help = `Usage: npm run bench -- [JOB...|all] [options]

Times whole processes from outside, interleaved, and prints ratios to what people would use instead.

  wordcount, chain, data-plane, cold, calls, small-files   all: some minutes
  spark                                                    needs Java 11 to 17, at first also Maven
  nexmark                                                  26 runs a round
  group, distinct, distinct-many, skew                     4 GB of input or 20 M elements, and disk for
                                                           three times that; --rounds 3 will do

  --size SIZE          of the input: wordcount and spark 14mb or 140mb (the default); group and
                       distinct-many 40mb or 4gb (the default); distinct 140mb or 4gb (the default);
                       small-files 1mb or 10mb (the default)
  --workers N,N        worker counts of Beamline in the wordcount job (default 1,2)
  --peers A,B          of two-threads, python, pyspark, arrays (default all that are installed);
                       the loop always runs; naming python or pyspark installs it where it is missing
  --peers-only         leave Beamline out
  --rounds N           default 5
  --slow-rounds N      rounds of Beam Python, PySpark's RDDs and sort -u at most (default 2)
  --elements N         numbers of the chain, data-plane and skew jobs (default 10 M, 20 M of skew)
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
 * @property {string | undefined} size
 * @property {readonly number[]} workers
 * @property {ReadonlySet<string> | undefined} peers
 * @property {boolean} peersOnly
 * @property {number} rounds
 * @property {number} slowRounds
 * @property {number | undefined} elements
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
      size: { type: "string" },
      workers: { type: "string", default: "1,2" },
      peers: { type: "string" },
      "peers-only": { type: "boolean", default: false },
      rounds: { type: "string", default: "5" },
      "slow-rounds": { type: "string", default: "2" },
      elements: { type: "string" },
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
    elements:
      values.elements === undefined ? undefined : wholeNumber("--elements", values.elements),
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
