import type { BundleProblem, SourcePlace } from "../bundle/bundle-error.js";
import type { Problem } from "../command/usage-error.js";
import type { Style } from "../terminal/style.js";
import { shortPath } from "../text/short-path.js";
import type { ErrorDescription } from "./describe-error.js";
import { excerpt } from "./excerpt.js";
import type { StackFrame } from "./stack.js";

const MAX_FRAMES = 8;

export interface RenderOptions {
  readonly cwd: string;
  readonly style: Style;
  readonly verbose: boolean;
}

/** An error as lines for people: what, where in their own source, and what to do. */
export function renderError(error: ErrorDescription, options: RenderOptions): string[] {
  const { style, verbose } = options;
  const lines = [style.strong(style.bad(error.message))];
  for (const problem of error.problems ?? []) lines.push(...problemLines(problem, options));
  const facts = factsOf(error, options);
  if (facts.length > 0) lines.push("", ...facts);
  if (!verbose) lines.push(...ownFrames(error.frames, options));
  if (error.help !== undefined) lines.push(style.faint(`See: ${error.help}`));
  if (error.origin === "internal") {
    lines.push(
      "",
      "Please report it with what you ran and the output of the same line with --verbose.",
    );
  }
  if (verbose && error.stacks.length > 0) lines.push("", ...verboseLines(error, options));
  return lines;
}

function problemLines(problem: Problem | BundleProblem, options: RenderOptions): string[] {
  const { style } = options;
  if ("subject" in problem) return [`  ${style.accent(problem.subject)}: ${problem.message}`];
  const { at, message, hint } = problem;
  const advice = hint === undefined ? [] : [`  ${style.good(`hint: ${hint}`)}`];
  if (at === undefined) return ["", `  ${message}`, ...advice];
  return [
    "",
    `  ${style.accent(placeText(at, options))} ${message}`,
    ...excerpt(at, style),
    ...advice,
  ];
}

function factsOf({ transform, element, code, origin }: ErrorDescription, { style }: RenderOptions) {
  const facts: [string, string | undefined][] = [
    ["transform", transform],
    ["element", element],
    ["code", origin === "user" && transform !== undefined ? undefined : plainCode(code)],
  ];
  return facts.flatMap(([name, value]) =>
    value === undefined ? [] : [`  ${style.faint(name.padEnd(10))} ${value}`],
  );
}

/** Codes of the command itself say nothing that its words do not. */
function plainCode(code: string): string | undefined {
  return ["USAGE", "BUNDLE_FAILED", "CANCELLED", "USER_CODE_FAILED"].includes(code)
    ? undefined
    : code;
}

function ownFrames(frames: readonly StackFrame[], options: RenderOptions): string[] {
  const { style } = options;
  const own = frames.filter((frame) => frame.own);
  const [top] = own;
  if (top === undefined) return [];
  const rest = own
    .slice(0, MAX_FRAMES)
    .map((frame) => style.faint(`  ${frameText(frame, options)}`));
  return [
    `  ${style.faint("at".padEnd(10))} ${style.accent(placeText(top, options))}`,
    "",
    ...excerpt(top, style),
    ...(own.length > 1 ? ["", ...rest] : []),
    "",
    style.faint("  --verbose shows the full stack."),
  ];
}

function verboseLines({ frames, stacks }: ErrorDescription, options: RenderOptions): string[] {
  const mapped = frames.map((frame) => `  ${frameText(frame, options)}`);
  const [top] = frames.filter((frame) => frame.own);
  return [
    ...(top === undefined ? [] : [...excerpt(top, options.style), ""]),
    ...(mapped.length === 0 ? [] : ["Stack in the sources:", ...mapped, ""]),
    ...stacks.flatMap((stack, index) => [index === 0 ? "Stack:" : "Caused by:", stack, ""]),
  ];
}

function frameText(frame: StackFrame, options: RenderOptions): string {
  return `at ${frame.functionName ?? "<anonymous>"} (${placeText(frame, options)})`;
}

function placeText({ file, line, column }: SourcePlace, { cwd }: RenderOptions): string {
  return `${shortPath(file, cwd)}:${line}:${column}`;
}
