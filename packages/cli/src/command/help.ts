import type { Style } from "../terminal/style.js";
import { columns, wrap } from "../text/wrap.js";
import { type Argument, type Command, commonFlags, type Example } from "./command.js";
import { exitCodes } from "./exit-code.js";
import type { NamedFlag } from "./flag.js";
import { namedFlags } from "./named-flags.js";

export interface HelpLayout {
  readonly width: number;
  readonly style: Style;
}

/** A pipeline as far as help tells about it. */
export interface PipelineHelp {
  readonly file: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly flags: readonly NamedFlag[];
}

const FILE: Argument = {
  name: "FILE",
  summary: "TypeScript or JavaScript file that exports the pipeline; FILE#name for a named export",
};

/** Help for the whole program. */
export function programHelp(commands: readonly Command[], layout: HelpLayout): string {
  const { style, width } = layout;
  return sections([
    [
      `${style.strong("beamline")}: Apache Beam pipelines in TypeScript, on this machine and on clusters`,
    ],
    section(style, "Usage", ["  beamline COMMAND [ARGUMENTS] [FLAGS]"]),
    section(
      style,
      "Commands",
      columns(
        commands.map(({ name, summary }) => [name, summary]),
        width,
        style.accent,
      ),
    ),
    section(style, "Flags of every command", flagLines(namedFlags(commonFlags), layout)),
    section(
      style,
      "Exit codes",
      columns(
        Object.values(exitCodes).map(({ code, meaning }) => [String(code), meaning]),
        width,
      ),
    ),
    section(
      style,
      "Start here",
      exampleLines(
        [
          { line: "beamline run FILE --help", does: "a pipeline's own flags" },
          { line: "beamline run FILE --input ...", does: "run it on this machine" },
          { line: "beamline COMMAND --help", does: "all about a command, with examples" },
        ],
        layout,
      ),
    ),
  ]);
}

/** Help for a command, and for the pipeline that it was asked about. */
export function commandHelp(command: Command, layout: HelpLayout, pipeline?: PipelineHelp): string {
  const { style, width } = layout;
  const own = namedFlags(command.flags);
  const takes = command.kind === "pipeline" ? [FILE] : command.arguments;
  const file = pipeline?.file ?? "FILE";
  const usage = [
    `beamline ${command.name}`,
    ...takes.map(({ name, optional }) => {
      const shown = name === "FILE" ? file : name;
      return optional === true ? `[${shown}]` : shown;
    }),
    ...(pipeline?.flags ?? [])
      .filter(({ required }) => required === true)
      .map((flag) => `--${flag.name} ${flag.placeholder ?? ""}`.trimEnd()),
    "[FLAGS]",
  ].join(" ");
  return sections([
    [`${style.strong(`beamline ${command.name}`)}: ${command.summary}`],
    section(
      style,
      "Usage",
      wrap(usage, width - 2).map((line) => `  ${line}`),
    ),
    pipeline === undefined
      ? wrap(command.description, width)
      : pipelineLines(pipeline, own, layout),
    pipeline === undefined && takes.length > 0
      ? section(
          style,
          "Arguments",
          columns(
            takes.map(({ name, summary }) => [name, summary]),
            width,
            style.accent,
          ),
        )
      : [],
    section(style, `Flags of ${command.name}`, flagLines(own, layout)),
    section(style, "Flags of every command", flagLines(namedFlags(commonFlags), layout)),
    pipeline === undefined
      ? section(style, "Examples", exampleLines(command.examples, layout))
      : [],
    pipeline === undefined && command.nextSteps !== undefined
      ? section(style, "Next", exampleLines(command.nextSteps, layout))
      : [],
  ]);
}

function pipelineLines(
  { name, description, flags }: PipelineHelp,
  own: readonly NamedFlag[],
  layout: HelpLayout,
): string[] {
  const { style, width } = layout;
  const hidden = contestedNames(flags, own);
  const about = description === undefined ? [] : wrap(description, width - 2);
  const note =
    hidden.length === 0
      ? []
      : wrap(
          `The command has ${hidden.join(", ")} too: write the pipeline's after a "--", as in: -- ${hidden[0]} ...`,
          width - 2,
        );
  return [
    style.strong(`Pipeline ${name}`),
    ...about.map((line) => `  ${line}`),
    ...(flags.length === 0 ? ["  It has no options."] : ["", ...flagLines(flags, layout)]),
    ...(note.length === 0 ? [] : ["", ...note.map((line) => `  ${line}`)]),
  ];
}

/** Flags of a pipeline that the command takes for its own. */
export function contestedNames(
  flags: readonly NamedFlag[],
  own: readonly NamedFlag[],
): readonly string[] {
  const taken = new Set([...own, ...namedFlags(commonFlags)].map(({ name }) => name));
  return flags.filter(({ name }) => taken.has(name)).map(({ name }) => `--${name}`);
}

function flagLines(flags: readonly NamedFlag[], { width, style }: HelpLayout): string[] {
  return columns(
    flags.map((flag) => [formOf(flag), aboutFlag(flag)]),
    width,
    style.accent,
  );
}

function formOf({ kind, name, short, placeholder = "VALUE" }: NamedFlag): string {
  const letter = short === undefined ? "" : `-${short}, `;
  if (kind === "value") return `${letter}--${name} ${placeholder}`;
  return `${letter}--${placeholder === "true|false" || name === "color" ? "[no-]" : ""}${name}`;
}

function aboutFlag({ summary, required, repeatable, defaultText }: NamedFlag): string {
  const notes = [
    required === true ? "required" : undefined,
    repeatable === true ? "can be repeated" : undefined,
    defaultText === undefined ? undefined : `default: ${defaultText}`,
  ].filter((note) => note !== undefined);
  if (notes.length === 0) return summary;
  const remarks = `(${notes.join("; ")})`;
  return summary === "" ? remarks : `${summary} ${remarks}`;
}

function exampleLines(examples: readonly Example[], { style }: HelpLayout): string[] {
  return examples.flatMap(({ line, does }) => [`  ${style.accent(line)}`, `      ${does}`]);
}

function section(style: Style, title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [style.strong(title), ...lines];
}

function sections(parts: readonly (readonly string[])[]): string {
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}
