import { statSync } from "node:fs";
import { resolve } from "node:path";
import { CODE_FILE, codeFilesIn, nearestFileHint } from "../bundle/bundle-problem.js";
import type { NamedFlag } from "../command/flag.js";
import { UsageError } from "../command/usage-error.js";

/** FILE, or FILE#exportName. */
export interface PipelineFile {
  /** As typed. */
  readonly file: string;
  /** Absolute. */
  readonly path: string;
  readonly exportName: string;
}

/**
 * Where FILE stands in a command line whose flags are not all known yet, since the file tells them:
 * the first word that is no flag and no value of a known flag, but rather one that ends like code.
 */
export function findFileArgument(
  argv: readonly string[],
  own: readonly NamedFlag[],
): number | undefined {
  const words: number[] = [];
  for (let i = 0; i < argv.length; i++) {
    const token = argv[i] ?? "";
    if (token === "--") break;
    if (!token.startsWith("-")) words.push(i);
    else if (own.some(({ kind, name }) => kind === "value" && token === `--${name}`)) i++;
  }
  return words.find((i) => CODE_FILE.test(splitFile(argv[i] ?? "").file)) ?? words[0];
}

/** Finds the file that was typed, or says what is there instead. */
export function openPipelineFile(typed: string, action: string, cwd: string): PipelineFile {
  const { file, exportName } = splitFile(typed);
  const path = resolve(cwd, file);
  const found = statSync(path, { throwIfNoEntry: false });
  const refuse = (message: string) => new UsageError(action, [{ subject: file, message }]);
  if (found === undefined) {
    const hint = nearestFileHint(path);
    throw refuse(`there is no such file${hint === undefined ? "" : `; ${hint}`}`);
  }
  if (found.isDirectory()) {
    throw refuse(`is a folder; it has ${codeFilesIn(path)}`);
  }
  if (!CODE_FILE.test(file)) {
    throw refuse("is not a TypeScript or JavaScript file; name the file that defines the pipeline");
  }
  return { file, path, exportName };
}

function splitFile(typed: string): { readonly file: string; readonly exportName: string } {
  const hash = typed.lastIndexOf("#");
  if (hash <= 0) return { file: typed, exportName: "default" };
  return { file: typed.slice(0, hash), exportName: typed.slice(hash + 1) || "default" };
}
