import type { ChosenPipeline } from "../pipeline/chosen-pipeline.js";
import type { Cli } from "../terminal/cli.js";
import type { Terminal } from "../terminal/terminal.js";
import { type Flag, switchFlag } from "./flag.js";

/** Flags by the camelCase name that the handler reads them by; typed in kebab-case. */
export type FlagTable = Readonly<Record<string, Flag>>;

/** The values of given flags; those not given are undefined. */
export type FlagValues<Flags extends FlagTable> = {
  readonly [Name in keyof Flags]: Flags[Name] extends Flag<infer T>
    ? (Flags[Name] extends { readonly repeatable: true } ? readonly T[] : T) | undefined
    : never;
};

/** Flags that every command has. */
export const commonFlags = {
  json: switchFlag({ summary: "Print one JSON document on stdout, and no talk" }),
  quiet: switchFlag({ summary: "Say nothing unless something is wrong", short: "q" }),
  verbose: switchFlag({ summary: "Show full stacks and causes of errors" }),
  color: switchFlag({ summary: "Colours, or none; NO_COLOR and FORCE_COLOR are honoured" }),
  help: switchFlag({ summary: "Show this help", short: "h" }),
};

export interface Argument {
  /** In capitals, as in the usage line. */
  readonly name: string;
  readonly summary: string;
  readonly optional?: boolean;
}

export interface Example {
  readonly line: string;
  readonly does: string;
}

export interface Context<Flags extends FlagTable> {
  readonly cli: Cli;
  readonly terminal: Terminal;
  readonly flags: FlagValues<Flags & typeof commonFlags>;
  /** Positional arguments in the order of the command's `arguments`. */
  readonly arguments: readonly string[];
}

export interface PipelineContext<Flags extends FlagTable> extends Context<Flags> {
  readonly pipeline: ChosenPipeline;
}

interface CommandBase<Flags extends FlagTable> {
  /** As typed: `run`, or `jobs list`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What it does and what to know; paragraphs are separated by newlines. */
  readonly description: string;
  readonly flags: Flags;
  readonly examples: readonly Example[];
  /** What people usually do after it. */
  readonly nextSteps?: readonly Example[];
}

/** A command that stands alone. */
export interface PlainCommand<Flags extends FlagTable = FlagTable> extends CommandBase<Flags> {
  readonly kind: "plain";
  readonly arguments: readonly Argument[];
  run(context: Context<Flags>): Promise<number>;
}

/**
 * A command on a pipeline file: its first argument is FILE, and the pipeline's options are flags
 * of it too.
 */
export interface PipelineCommand<Flags extends FlagTable = FlagTable> extends CommandBase<Flags> {
  readonly kind: "pipeline";
  /**
   * Whether it runs without required options: with stand-ins for their values, which it says, or
   * without a word because it has no use for them.
   */
  readonly missingOptions: "refused" | "stand-ins" | "unused";
  run(context: PipelineContext<Flags>): Promise<number>;
}

export type Command = PlainCommand | PipelineCommand;

/** A command as data; its handler sees its own flags, typed. */
export function definePlainCommand<Flags extends FlagTable>(
  command: Omit<PlainCommand<Flags>, "kind">,
): Command {
  return { kind: "plain", ...command } as unknown as PlainCommand;
}

/** The same for a command on a pipeline file. */
export function definePipelineCommand<Flags extends FlagTable>(
  command: Omit<PipelineCommand<Flags>, "kind">,
): Command {
  return { kind: "pipeline", ...command } as unknown as PipelineCommand;
}
