import { appCommandFlags } from "../../app/app-command-flags.js";
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
