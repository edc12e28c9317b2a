import { clusterCommandFlags } from "../../app/app-command-flags.js";
import { countFlag, switchFlag, textFlag } from "../../command/flag.js";

export const logsFlags = {
  ...clusterCommandFlags,
  follow: switchFlag({ short: "f", summary: "Go on until the application has ended" }),
  tail: countFlag({ least: 0, summary: "Only so many of the last lines of each pod" }),
  since: {
    ...textFlag({ placeholder: "TIME", summary: "Only lines of the last 30s, 10m or 2h" }),
    parse(text: string) {
      const [, digits, unit = ""] = /^(\d+)([smh])$/.exec(text) ?? [];
      const seconds = { s: 1, m: 60, h: 3600 }[unit];
      return digits === undefined || seconds === undefined
        ? { ok: false as const, problem: "not a time such as 30s, 10m or 2h" }
        : { ok: true as const, value: Number(digits) * seconds };
    },
  },
  source: {
    ...textFlag({
      placeholder: "NAME",
      summary: "Only of driver, executors, or one such as exec-1",
    }),
    repeatable: true as const,
  },
  raw: switchFlag({ summary: "Lines as they are, without errors being put into words" }),
};
