import { appCommandFlags } from "../../app/app-command-flags.js";
import { appArgument } from "../../app/app-flags.js";
import { definePlainCommand } from "../../command/command.js";
import { countFlag, textFlag } from "../../command/flag.js";

export const resultsFlags = {
  ...appCommandFlags,
  output: {
    ...textFlag({
      placeholder: "PREFIX",
      summary: "What the files begin with, such as s3://bucket/counts",
      defaultText: "each s3:// option of the deployed pipeline that has been written to",
    }),
    repeatable: true as const,
  },
  limit: countFlag({ least: 0, summary: "Lines to print; 0 prints none", defaultText: "20" }),
  expect: {
    ...textFlag({
      placeholder: "KEY=VALUE",
      summary: "A line that there should be, as in Duke=30; may be given several times",
    }),
    repeatable: true as const,
    parse(text: string) {
      const [, key = "", value] = /^(.+)=([^=]*)$/s.exec(text) ?? [];
      return value === undefined
        ? { ok: false as const, problem: "not KEY=VALUE" }
        : { ok: true as const, value: { key, value } };
    },
  },
  expectFile: textFlag({
    placeholder: "FILE",
    summary: "A file with all the lines that there should be, in any order",
  }),
};

export const appResultsCommand = definePlainCommand({
  name: "app results",
  summary: "Show what an application has written, and compare it with what it should be",
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
