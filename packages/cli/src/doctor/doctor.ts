import { CODE_FILE } from "../bundle/bundle-problem.js";
import type { Context } from "../command/command.js";
import { exitCodes } from "../command/exit-code.js";
import { type Problem, UsageError } from "../command/usage-error.js";
import { withConfig } from "../config/with-config.js";
import { countOf, eitherOf } from "../text/names.js";
import { nearest } from "../text/nearest.js";
import type { Check } from "./check.js";
import { checks } from "./checks.js";
import { doctorFlags } from "./doctor-flags.js";
import { listLines, reportLines, summaryLine } from "./report-lines.js";
import { runChecks } from "./run-checks.js";
import { worldOf } from "./world-of.js";

/** Checks what a deploy needs; or diagnoses an application, where one is named. */
export async function doctor({
  flags: typed,
  arguments: [subject],
  cli,
  terminal,
}: Context<typeof doctorFlags>): Promise<number> {
  if (subject !== undefined && !CODE_FILE.test(subject.replace(/#.*$/, ""))) {
    const { examineApp } = await import("./examine-app.js");
    return await examineApp(subject, typed, cli, terminal);
  }
  const chosen = chooseChecks(typed.only ?? []);
  if (typed.list === true) {
    if (terminal.json) terminal.document(chosen.map(({ id, proves }) => ({ id, proves })));
    else terminal.data(listLines(chosen, terminal.width, terminal.dataStyle).join("\n"));
    return exitCodes.done.code;
  }
  const { flags } = await withConfig(doctorFlags, typed, cli);
  const signal = cli.cancellation();
  const world = await worldOf(subject, flags, cli, signal);
  try {
    const waiting = new Set(chosen.map(({ id }) => id));
    // Where lines stay, one has to do.
    const showProgress = () =>
      terminal.progress(
        cli.stderr.isTerminal
          ? `Checking ${[...waiting].join(", ")}`
          : `Running ${countOf(chosen.length, "check")}`,
      );
    showProgress();
    const reports = await runChecks(chosen, world, {
      onReport({ id }) {
        waiting.delete(id);
        if (waiting.size > 0) showProgress();
      },
    });
    terminal.progress(undefined);
    const failed = reports.some(({ outcome }) => outcome === "fail");
    if (terminal.json) terminal.document({ ok: !failed, checks: reports });
    else {
      terminal.data(reportLines(reports, terminal.width, terminal.dataStyle).join("\n"));
      terminal.talk(`\n${summaryLine(reports, terminal.style)}`);
    }
    return failed ? exitCodes.remote.code : exitCodes.done.code;
  } finally {
    world.close();
  }
}

function chooseChecks(only: readonly string[]): readonly Check[] {
  const ids = checks.map(({ id }) => id);
  const problems = only
    .filter((id) => !ids.includes(id))
    .map((id): Problem => {
      const near = nearest(id, ids);
      const hint = near === undefined ? `there is ${eitherOf(ids)}` : `did you mean ${near}?`;
      return { subject: `--only ${id}`, message: `no such check; ${hint}` };
    });
  if (problems.length > 0) throw new UsageError("run beamline doctor", problems);
  return only.length === 0 ? checks : checks.filter(({ id }) => only.includes(id));
}
