import { fileURLToPath } from "node:url";
import { UserCodeError } from "../exec/user-code-error.js";
import type { ErrorOrigin } from "../model/errors.js";

/** What went wrong in a worker, for the person who submitted the job. */
export interface ErrorReport {
  /** One sentence, fit to be shown alone. */
  readonly message: string;
  readonly code: string;
  readonly origin: ErrorOrigin;
  /** Unique name of the transform whose function failed, where it was one. */
  readonly transform?: string;
  /** The element that it was given, shortened. */
  readonly element?: string;
  /** What was thrown, as `name: message`. */
  readonly reason?: string;
  /** The user's own stack frames, innermost first, such as `parse (/src/pipeline.ts:12:5)`. */
  readonly stack: readonly string[];
}

const MARK = "BEAMLINE-ERROR ";
const MAX_FRAMES = 8;
const MAX_TEXT = 2000;

/**
 * An error as one line that survives whatever a runner wraps around it: `BEAMLINE-ERROR {json}`.
 * {@link decodeErrorReport} finds it again in a stack trace of any language.
 */
export function encodeErrorReport(error: unknown): string {
  return MARK + JSON.stringify(reportOf(error));
}

/** The first report in `text`, if it holds one: in a Java stack trace, say, or in Python's repr. */
export function decodeErrorReport(text: string): ErrorReport | undefined {
  for (let at = text.indexOf(MARK); at >= 0; at = text.indexOf(MARK, at + 1)) {
    const start = at + MARK.length;
    const report = parse(text, start) ?? parse(unescaped(text.slice(start)), 0);
    if (report !== undefined) return report;
  }
  return undefined;
}

export function reportOf(error: unknown): ErrorReport {
  const base = {
    message: clip(error instanceof Error ? error.message : String(error)),
    code: textOf(error, "code") ?? "UNEXPECTED",
    origin: originOf(error),
    stack: userFrames(error),
  };
  if (!(error instanceof UserCodeError)) return base;
  const { transform, element, reason } = error;
  return {
    ...base,
    transform,
    reason: clip(reason),
    ...(element === undefined ? {} : { element }),
  };
}

function originOf(error: unknown): ErrorOrigin {
  const origin = textOf(error, "origin");
  return origin === "user" || origin === "remote" ? origin : "internal";
}

function textOf(error: unknown, key: string): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const value: unknown = (error as Readonly<Record<string, unknown>>)[key];
  return typeof value === "string" ? value : undefined;
}

/** In the package all modules lie in one folder: this one's. */
const OWN_FOLDERS = ["", "exec", "engine", "coders", "runners", "pipeline", "bytes"].map((folder) =>
  fileURLToPath(new URL(folder === "" ? "./" : `../${folder}/`, import.meta.url)),
);

/** The frames of an error's stack that people can do something about. */
function userFrames(error: unknown): string[] {
  if (!(error instanceof Error) || error.stack === undefined) return [];
  const frames: string[] = [];
  for (const line of error.stack.split("\n")) {
    const frame = /^\s+at (.*)$/.exec(line)?.[1];
    if (frame === undefined || isOurs(frame)) continue;
    frames.push(clip(frame.replace("file://", "")));
    if (frames.length === MAX_FRAMES) break;
  }
  return frames;
}

function isOurs(frame: string): boolean {
  // A frame that has no file at all; one of a function without a name keeps its file.
  if (frame.includes("node:") || /<anonymous>(:\d+:\d+)?\)?$/.test(frame)) return true;
  if (frame.includes(".test.")) return false;
  return OWN_FOLDERS.some((folder) => frame.includes(folder));
}

function clip(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text;
}

/** The report whose JSON begins at `start`, whatever follows it. */
function parse(text: string, start: number): ErrorReport | undefined {
  const end = endOfObject(text, start);
  if (end === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text.slice(start, end));
    return isReport(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** One level of backslashes less: undoes a runner's quoting. */
function unescaped(text: string): string {
  return text.replace(/\\(.)/g, "$1");
}

function endOfObject(text: string, start: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (inString) {
      if (char === "\\") i++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === "{") depth++;
    else if (char === "}" && --depth === 0) return i + 1;
    else if (depth === 0) return undefined;
  }
  return undefined;
}

function isReport(value: unknown): value is ErrorReport {
  if (typeof value !== "object" || value === null) return false;
  const { message, code, stack } = value as Readonly<Record<string, unknown>>;
  return typeof message === "string" && typeof code === "string" && Array.isArray(stack);
}
