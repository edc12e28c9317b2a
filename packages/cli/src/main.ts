import type { Command, PlainCommand } from "./command/command.js";
import { exitCodes } from "./command/exit-code.js";
import { commandHelp, programHelp } from "./command/help.js";
import { flagValues, ownFlags } from "./command/named-flags.js";
import { ownVersion } from "./command/own-version.js";
import { type ParsedArguments, parseArguments } from "./command/parse-args.js";
import { type Problem, UsageError } from "./command/usage-error.js";
import { commands } from "./commands/index.js";
import { runOnPipeline } from "./pipeline/run-on-pipeline.js";
import type { Cli } from "./terminal/cli.js";
import { Terminal } from "./terminal/terminal.js";
import { nearest } from "./text/nearest.js";

/** Runs one command line; resolves to the exit code, whatever happens. */
export async function main(cli: Cli): Promise<number> {
  const terminal = terminalFor(cli);
  try {
    return await dispatch(cli, terminal);
  } catch (error) {
    const { reportError } = await import("./errors/report-error.js");
    return reportError(error, cli, terminal);
  }
}

async function dispatch(cli: Cli, terminal: Terminal): Promise<number> {
  const [first] = cli.argv;
  const layout = { width: terminal.width, style: terminal.dataStyle };
  if (first === "--version" || first === "-V") {
    terminal.data(ownVersion());
    return exitCodes.done.code;
  }
  const chosen = chooseCommand(cli.argv);
  if (chosen !== undefined) {
    const argv = cli.argv.slice(chosen.name.split(" ").length);
    if (chosen.kind === "pipeline") return runOnPipeline(chosen, argv, cli, terminal);
    return runPlain(chosen, argv, cli, terminal);
  }
  const word = cli.argv.find((token) => !token.startsWith("-"));
  if (word === undefined || word === "help") {
    const unknown = cli.argv.filter((token) => !["--help", "-h", "help"].includes(token));
    const subject = unknown[0];
    const named = commands.find(({ name }) => name === unknown.join(" "));
    if (named !== undefined) terminal.data(commandHelp(named, layout));
    else if (subject === undefined) terminal.data(programHelp(commands, layout));
    else throw new UsageError("read the command line", [noSuchCommand(subject)], "beamline --help");
    return exitCodes.done.code;
  }
  throw new UsageError("read the command line", [noSuchCommand(word)], "beamline --help");
}

/** The command whose name the command line starts with, the longest first. */
function chooseCommand(argv: readonly string[]): Command | undefined {
  return [...commands]
    .sort((a, b) => b.name.length - a.name.length)
    .find(({ name }) => name.split(" ").every((word, index) => argv[index] === word));
}

function noSuchCommand(typed: string): Problem {
  if (typed.startsWith("-")) return { subject: typed, message: "a command comes first" };
  if (/\.[cm]?[jt]sx?(#.*)?$/.test(typed)) {
    return { subject: typed, message: `no such command; did you mean beamline run ${typed}?` };
  }
  const names = commands.map(({ name }) => name);
  const near = nearest(typed, names);
  const hint = near === undefined ? `there are ${names.join(", ")}` : `did you mean ${near}?`;
  return { subject: typed, message: `no such command; ${hint}` };
}

async function runPlain(
  command: PlainCommand,
  argv: readonly string[],
  cli: Cli,
  terminal: Terminal,
): Promise<number> {
  const own = ownFlags(command);
  const parsed = parseArguments(argv, { own });
  const flags = flagValues(command, own, parsed.values);
  if (flags.help === true) {
    terminal.data(commandHelp(command, { width: terminal.width, style: terminal.dataStyle }));
    return exitCodes.done.code;
  }
  const problems = [...parsed.problems, ...argumentProblems(command, parsed)];
  if (problems.length > 0) {
    const help = `beamline ${command.name} --help`;
    throw new UsageError(`run beamline ${command.name}`, problems, help);
  }
  return command.run({
    cli,
    terminal,
    flags: flags as Parameters<typeof command.run>[0]["flags"],
    arguments: parsed.positionals,
  });
}

function argumentProblems(command: PlainCommand, { positionals }: ParsedArguments): Problem[] {
  const missing = command.arguments
    .slice(positionals.length)
    .filter(({ optional }) => optional !== true)
    .map(({ name, summary }) => ({ subject: name, message: `missing: ${summary}` }));
  const extra = positionals
    .slice(command.arguments.length)
    .map((subject) => ({ subject, message: "one argument too many" }));
  return [...missing, ...extra];
}

/** Reads what decides how to speak before anything else is understood. */
function terminalFor(cli: Cli): Terminal {
  const end = cli.argv.indexOf("--");
  const argv = end < 0 ? cli.argv : cli.argv.slice(0, end);
  const has = (...tokens: readonly string[]) => argv.some((token) => tokens.includes(token));
  const color = has("--no-color") ? false : has("--color") ? true : undefined;
  return new Terminal(cli, {
    json: has("--json"),
    quiet: has("--quiet", "-q"),
    verbose: has("--verbose"),
    color,
  });
}
