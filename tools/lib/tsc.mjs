import { join, relative, resolve } from "node:path";
import { run } from "./run.mjs";

/**
 * One compile error; `file` is relative to the folder that was asked from, and `message` has all
 * its lines.
 * @typedef {{ file: string, line: number, column: number, message: string }} Diagnostic
 */

const FIRST_LINE = /^(.+?)\((\d+),(\d+)\): error (TS\d+: .*)$/;

/**
 * Compiles a project without writing anything and returns its errors. Throws when the compiler
 * fails for another reason, such as a broken tsconfig.
 * @param {string} base the checkout, whose compiler is used
 * @param {string} project path of the tsconfig
 * @param {string} cwd the folder that the reported paths start from
 * @returns {Promise<Diagnostic[]>}
 */
export async function compile(base, project, cwd = base) {
  const compiler = join(base, "node_modules/typescript/bin/tsc");
  const args = [compiler, "--noEmit", "--pretty", "false", "-p", project];
  const { code, output } = await run(process.execPath, args, { cwd });
  const diagnostics = parseDiagnostics(output);
  for (const diagnostic of diagnostics) {
    diagnostic.file = relative(cwd, resolve(cwd, diagnostic.file)).replaceAll("\\", "/");
  }
  if (code !== 0 && diagnostics.length === 0) {
    throw new Error(`Cannot compile ${project}: the compiler ended with ${code}\n${output}`);
  }
  return diagnostics;
}

/**
 * @param {string} output what `tsc --pretty false` printed
 * @returns {Diagnostic[]}
 */
export function parseDiagnostics(output) {
  /** @type {Diagnostic[]} */
  const found = [];
  for (const text of output.split(/\r?\n/)) {
    const match = FIRST_LINE.exec(text);
    const last = found.at(-1);
    if (match !== null) {
      const [, file = "", line, column, message = ""] = match;
      found.push({ file, line: Number(line), column: Number(column), message });
    } else if (last !== undefined && /^\s+\S/.test(text)) {
      last.message += `\n${text}`;
    }
  }
  return found;
}
