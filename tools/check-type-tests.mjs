// Compiles the type tests (*.test-d.ts) and compares the errors with what their comments expect:
//
//   // @error: needs [K, V] elements
//   words.groupByKey();
//
// The line after the comment must have an error whose message contains the text (several comments:
// several errors), and no other line may have any.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { compile } from "./lib/tsc.mjs";
import { walk } from "./lib/walk.mjs";

/**
 * An error that a type test asks for.
 * @typedef {{ file: string, line: number, text: string }} Expectation
 */

const COMMENT = /^\s*\/\/\s*@error:\s*(.+?)\s*$/;

/**
 * @param {string} file
 * @param {string} source
 * @returns {Expectation[]}
 */
export function expectationsOf(file, source) {
  const lines = source.split(/\r?\n/);
  return lines.flatMap((line, index) => {
    const text = COMMENT.exec(line)?.[1];
    if (text === undefined) return [];
    let target = index + 1;
    while (/^\s*\/\//.test(lines[target] ?? "")) target++;
    return [{ file, line: target + 1, text }];
  });
}

/**
 * What does not match, as `file:line what`, in the order of the files.
 * @param {readonly Expectation[]} expectations
 * @param {readonly import("./lib/tsc.mjs").Diagnostic[]} diagnostics
 * @returns {string[]}
 */
export function compare(expectations, diagnostics) {
  const unexplained = [...diagnostics];
  /** @type {{ file: string, line: number, text: string }[]} */
  const problems = [];
  for (const { file, line, text } of expectations) {
    const here = unexplained.filter((each) => each.file === file && each.line === line);
    const found = here.find((each) => each.message.includes(text));
    if (found !== undefined) unexplained.splice(unexplained.indexOf(found), 1);
    else problems.push({ file, line, text: `compiles, but should fail with "${text}"` });
  }
  for (const { file, line, message } of unexplained) {
    problems.push({ file, line, text: `unexpected error ${message}` });
  }
  problems.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
  return problems.map(({ file, line, text }) => `${file}:${line} ${text}`);
}

/** @param {string} base */
async function main(base) {
  const files = ["packages", "test", "examples"]
    .flatMap((folder) => walk(join(base, folder)))
    .filter((file) => file.endsWith(".test-d.ts"))
    .map((file) => file.slice(base.length + 1));
  if (files.length === 0) {
    console.log("no type tests");
    return;
  }
  const expectations = files.flatMap((file) =>
    expectationsOf(file, readFileSync(join(base, file), "utf8")),
  );
  const problems = compare(expectations, await compile(base, "tsconfig.type-tests.json"));
  for (const problem of problems) console.error(problem);
  console.log(`${expectations.length} expected errors in ${files.length} files`);
  if (problems.length > 0) process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main(dirname(import.meta.dirname));
}
