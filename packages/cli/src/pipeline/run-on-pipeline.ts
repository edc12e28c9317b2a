import type { PipelineCommand } from "../command/command.js";
import { exitCodes } from "../command/exit-code.js";
import { commandHelp, contestedNames } from "../command/help.js";
import { flagValues, ownFlags } from "../command/named-flags.js";
import { parseArguments } from "../command/parse-args.js";
import { type Problem, UsageError } from "../command/usage-error.js";
import type { Cli } from "../terminal/cli.js";
import type { Terminal } from "../terminal/terminal.js";
import type { ChosenPipeline } from "./chosen-pipeline.js";
import { findFileArgument, openPipelineFile } from "./pipeline-file.js";

/** Loads the pipeline that the command line names, reads its flags with it, and runs the command. */
export async function runOnPipeline(
  command: PipelineCommand,
  argv: readonly string[],
  cli: Cli,
  terminal: Terminal,
): Promise<number> {
  const own = ownFlags(command);
  const layout = { width: terminal.width, style: terminal.dataStyle };
  const fileIndex = findFileArgument(argv, own);
  if (fileIndex === undefined) {
    if (asksForHelp(argv)) {
      terminal.data(commandHelp(command, layout));
      return exitCodes.done.code;
    }
    const { problems } = parseArguments(argv, { own });
    const missing = { subject: "FILE", message: "missing: the file that exports the pipeline" };
    throw new UsageError(command.name, [missing, ...problems], `beamline ${command.name} --help`);
  }

  const typed = argv[fileIndex] ?? "";
  const action = `${command.name} ${typed}`;
  const source = openPipelineFile(typed, action, cli.cwd);
  const [{ loadPipeline }, { flagsOfSchema, namesOf }, { place, readOptions, standIn }] =
    await Promise.all([
      import("./load-pipeline.js"),
      import("../options/option-flags.js"),
      import("../options/read-options.js"),
    ]);
  const { definition, bundle } = await loadPipeline(source, action, cli.env);
  const options = flagsOfSchema(definition.options);
  if (asksForHelp(argv)) {
    const { name, description } = definition;
    const about = { file: typed, name, description, flags: options };
    terminal.data(commandHelp(command, layout, about));
    return exitCodes.done.code;
  }

  const rest = argv.filter((_, index) => index !== fileIndex);
  const parsed = parseArguments(rest, { own, pipeline: options });
  const read = readOptions(definition.options, options, parsed.values);
  const problems: Problem[] = [
    ...parsed.problems,
    ...parsed.positionals.map((subject) => ({ subject, message: "one argument too many" })),
    ...read.problems,
  ];
  const contested = contestedNames(parsed.contested, own);
  const raw: Record<string, unknown> = { ...read.raw };
  const mayMiss = command.missingOptions !== "refused";
  if (mayMiss) {
    for (const flag of read.missing) place(raw, flag.path, standIn(flag));
  }
  // A schema may be too particular for a stand-in.
  const standsIn = definition.options?.safeParse(raw).success !== false;
  const missing = mayMiss && standsIn ? [] : read.missing;
  for (const flag of missing) {
    if (parsed.guessed.has(flag)) continue;
    const about = flag.summary === "" ? "" : ` (${flag.summary})`;
    const taken = contested.includes(`--${flag.name}`)
      ? `; --${flag.name} went to the command, write the pipeline's after a "--"`
      : "";
    problems.push({ subject: `--${flag.name}`, message: `missing, but required${about}${taken}` });
  }
  if (problems.length > 0) {
    throw new UsageError(action, problems, `beamline ${command.name} ${typed} --help`);
  }
  if (command.missingOptions === "stand-ins" && read.missing.length > 0) {
    const names = namesOf(read.missing);
    const line = `Built with stand-ins for ${names}, which are required but were not given.`;
    terminal.talk(terminal.style.warn(line));
  }
  for (const name of contested) {
    terminal.talk(
      terminal.style.faint(
        `${name} is taken for the command's; the pipeline's ${name} goes after a "--".`,
      ),
    );
  }
  const pipeline: ChosenPipeline = {
    definition,
    file: source.file,
    path: source.path,
    code: { url: bundle.url, exportName: source.exportName, options: raw },
    standIns: mayMiss ? read.missing : [],
  };
  const flags = flagValues(command, own, parsed.values);
  return command.run({
    cli,
    terminal,
    flags: flags as Parameters<typeof command.run>[0]["flags"],
    arguments: [typed],
    pipeline,
  });
}

/** Help may be asked for with flags around it that are wrong. */
function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return argv
    .slice(0, end < 0 ? argv.length : end)
    .some((token) => ["--help", "-h"].includes(token));
}
