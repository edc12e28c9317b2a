import { appArgument } from "../../app/app-flags.js";
import { definePlainCommand } from "../../command/command.js";
import { resultsFlags } from "./results-flags.js";

export const appResultsCommand = definePlainCommand({
  name: "app results",
  summary: "Show its results, and compare them with expected ones",
  description:
    "Finds the shards that the pipeline has written to S3, says whether any is missing, and prints their lines. With --expect or --expect-file it compares, and fails when something differs.\nAPP may be left out with --output.",
  arguments: [{ ...appArgument, optional: true }],
  flags: resultsFlags,
  examples: [
    { line: "beamline app results wordcount", does: "Print the first lines" },
    {
      line: "beamline app results wordcount --expect Duke=30 --expect wish=2",
      does: "Check two counts",
    },
    {
      line: "beamline app results wordcount --limit 1000000 > counts.txt",
      does: "Fetch them all",
    },
  ],
  async run({ flags, arguments: [name], cli, terminal }) {
    const { showResults } = await import("../../app/results/show-results.js");
    return await showResults(name, flags, cli, terminal);
  },
});
