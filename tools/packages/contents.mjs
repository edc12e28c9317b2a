import { readFileSync } from "node:fs";
import { join, posix } from "node:path";

/**
 * What is wrong with the files of a tarball: tests, things that nobody needs, no licence or
 * README, and source maps that point to files which are not there.
 * @param {import("./pack.mjs").Packed} packed
 * @returns {string[]}
 */
export function checkContents({ source, files }) {
  const problems = [];
  const unwanted = files.filter(
    (file) => /\.test(-d)?\./.test(file) || /\.tsbuildinfo$|(^|\/)(testdata|fixtures)\//.test(file),
  );
  for (const file of unwanted) problems.push(`ships ${file}; leave it out through "files"`);
  for (const file of ["LICENSE", "README.md"]) {
    if (!files.includes(file)) problems.push(`has no ${file}`);
  }
  if (!files.some((file) => file.startsWith("dist/"))) problems.push("has no dist/; build first");
  for (const file of files.filter((each) => each.endsWith(".map"))) {
    problems.push(...mapProblems(file, readFileSync(join(source, file), "utf8"), files));
  }
  return problems;
}

/**
 * @param {string} file
 * @param {string} text
 * @param {readonly string[]} files
 */
export function mapProblems(file, text, files) {
  /** @type {{ sources: string[], sourceRoot?: string, sourcesContent?: unknown[] }} */
  const { sources, sourceRoot = "", sourcesContent = [] } = JSON.parse(text);
  return sources
    .filter((_, index) => typeof sourcesContent[index] !== "string")
    .map((source) => posix.join(posix.dirname(file), sourceRoot, source))
    .filter((source) => !files.includes(source))
    .map((source) => `ships ${file}, which points to ${source}, which it does not ship`);
}
