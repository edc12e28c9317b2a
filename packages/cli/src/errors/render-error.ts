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
  const own = error.frames.filter((frame) => frame.own);
  const [top] = own;
  const facts = factsOf(error, top, options);
  return [
    error.code === "CANCELLED" ? style.warn(error.message) : style.strong(style.bad(error.message)),
    ...(error.problems ?? []).flatMap((problem) => problemLines(problem, options)),
    ...(facts.length === 0 ? [] : ["", ...facts]),
    ...(top === undefined ? [] : ["", ...excerpt(top, style)]),
    ...(verbose || top === undefined ? [] : ownFrames(own, options)),
    ...(error.help === undefined ? [] : [style.faint(`See: ${error.help}`)]),
    ...(error.origin === "internal" ? ["", REPORT] : []),
    ...(verbose ? ["", ...verboseLines(error, options)] : []),
  ];
}

const REPORT =
  "Please report it with the command line and what it prints when --verbose is added to it.";

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

function factsOf(
  { transform, element, code, origin }: ErrorDescription,
  top: StackFrame | undefined,
  options: RenderOptions,
): string[] {
  const { style } = options;
  const facts: [string, string | undefined][] = [
    ["transform", transform],
    ["element", element],
    ["code", origin === "user" && transform !== undefined ? undefined : plainCode(code)],
    ["at", top && style.accent(placeText(top, options))],
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

function ownFrames(own: readonly StackFrame[], options: RenderOptions): string[] {
  const { style } = options;
  const lines = own
    .slice(0, MAX_FRAMES)
    .map((frame) => style.faint(`  ${frameText(frame, options)}`));
  return [
    ...(own.length > 1 ? ["", ...lines] : []),
    "",
    style.faint("  --verbose shows the full stack."),
  ];
}

function verboseLines({ frames, stacks }: ErrorDescription, options: RenderOptions): string[] {
  const mapped = frames.map((frame) => `  ${frameText(frame, options)}`);
  return [
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
