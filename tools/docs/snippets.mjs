import { blocksOf } from "./markdown.mjs";

/**
 * A TypeScript module made of a block and those that continue it. `docLines[i]` is the line of the
 * document that line `i` of the module came from.
 * @typedef {{ file: string, source: string[], docLines: number[] }} Module
 *
 * Something to run. `expected` are the lines that its output must have.
 * @typedef {{ file: string, line: number, source: string[], expected: string[] }} Program
 *
 * @typedef {{
 *   modules: Module[],
 *   programs: Program[],
 *   commands: Program[],
 *   unchecked: { file: string, line: number, reason: string }[],
 *   problems: string[],
 * }} Snippets
 */

const PREFERRED = new Map([
  ["typescript", "ts"],
  ["bash", "sh"],
  ["shell", "sh"],
  ["console", "sh"],
]);

/**
 * What a document's `ts` and `sh` blocks ask for; CONTRIBUTING.md describes the words.
 * @param {string} file
 * @param {string} text
 * @returns {Snippets}
 */
export function snippetsOf(file, text) {
  /** @type {Snippets} */
  const found = { modules: [], programs: [], commands: [], unchecked: [], problems: [] };
  /** @type {Module | undefined} */
  let module;
  const blocks = blocksOf(text);
  for (const [index, { language, info, line, lines }] of blocks.entries()) {
    const [word = "", ...reason] = info;
    const say = (/** @type {string} */ problem) =>
      found.problems.push(`${file}:${line} ${problem}`);
    const preferred = PREFERRED.get(language);
    if (preferred !== undefined) say(`a ${language} block is not checked; call it ${preferred}`);
    if (language !== "ts" && language !== "sh") continue;

    if (word === "no-check") {
      if (reason.length === 0) say("no-check needs a reason after it");
      found.unchecked.push({ file, line, reason: reason.join(" ") });
      continue;
    }
    const known = language === "ts" ? ["run", "continued"] : ["run"];
    const unknown = info.filter((each) => !known.includes(each));
    if (unknown.length > 0)
      say(`"${unknown.join(" ")}" means nothing here; use ${known.join(", ")}`);
    const isRun = info.includes("run");
    const next = blocks[index + 1];
    const hasOutput = next?.language === "text" && next.info[0] === "output";
    if (hasOutput && !isRun) say("has an output block but is not marked run");
    const expected = hasOutput ? next.lines.filter((each) => each.trim() !== "") : [];

    if (language === "sh") {
      if (isRun) found.commands.push({ file, line, source: lines, expected });
      else found.unchecked.push({ file, line, reason: "not marked run" });
      continue;
    }
    const docLines = lines.map((_, offset) => line + offset);
    if (info.includes("continued") && module !== undefined) {
      module.source.push(...lines);
      module.docLines.push(...docLines);
    } else {
      if (info.includes("continued")) say("continues nothing: no ts block stands before it");
      module = { file, source: [...lines], docLines };
      found.modules.push(module);
    }
    if (isRun) found.programs.push({ file, line, source: [...module.source], expected });
  }
  return found;
}

/**
 * The expected lines that an output lacks. Spaces at both ends do not count, `...` inside a line
 * stands for anything, and a line of `...` alone for any lines.
 * @param {readonly string[]} expected
 * @param {string} output
 */
export function missingLines(expected, output) {
  const lines = output.split(/\r?\n/).map((line) => line.trim());
  return expected.filter((line) => {
    const parts = line.trim().split("...");
    const pattern = new RegExp(`^${parts.map(escapeRegExp).join(".*")}$`);
    return !lines.some((each) => pattern.test(each)) && line.trim() !== "...";
  });
}

/** @param {string} text */
function escapeRegExp(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
