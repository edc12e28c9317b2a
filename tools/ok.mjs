// Runs every check, or those named: `npm run ok`, `npm run ok -- lint types`.
//
// One line a step; a failing step's output follows it in full, and the rest still runs. The last
// line counts tests, and one for every other check. With CI set a skipped test is a failure, but for
// a step that ends with exit code 75: it could not run here, and says so.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { run } from "./lib/run.mjs";

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 * @typedef {{ name: string, command: string[], vitest?: boolean }} Step
 */

const NODE = process.execPath;
const BIOME = [NODE, "node_modules/@biomejs/biome/bin/biome"];
const TSC = [NODE, "node_modules/typescript/bin/tsc"];
/** How a step ends that cannot run here; its last line says why. */
const LEFT_OUT = 75;
const VITEST = [NODE, "node_modules/vitest/vitest.mjs"];

/** @type {Step[]} */
const STEPS = [
  { name: "build", command: ["npm", "run", "build"] },
  { name: "format", command: [...BIOME, "check", "--linter-enabled=false"] },
  { name: "lint", command: [...BIOME, "lint", "--error-on-warnings", "--max-diagnostics=none"] },
  { name: "lock", command: [NODE, "tools/check-lock.mjs"] },
  { name: "arrows", command: [NODE, "tools/check-arrows.mjs"] },
  { name: "types", command: [...TSC, "--pretty", "false", "-p", "tsconfig.check.json"] },
  { name: "type-tests", command: [NODE, "tools/check-type-tests.mjs"] },
  { name: "unit", command: [...VITEST, "run", "--project", "unit"], vitest: true },
  { name: "integration", command: [...VITEST, "run", "--project", "integration"], vitest: true },
  { name: "kubernetes", command: [NODE, "tools/kubernetes/test.mjs"], vitest: true },
  { name: "docs", command: [NODE, "tools/check-doc-snippets.mjs"] },
  { name: "packages", command: [NODE, "tools/check-packages.mjs"] },
];

/**
 * What one step adds to the totals: its tests, or one for the check as a whole. A step that fails
 * without a failing test (a file that does not load, a crash) counts as one failure; one that was
 * left out counts as skipped.
 * @param {{ code: number | null, report: string | undefined, ci: boolean }} result
 * @returns {Counts}
 */
export function countsOf({ code, report, ci }) {
  if (code === LEFT_OUT) return { passed: 0, failed: 0, skipped: 1 };
  if (report === undefined) {
    return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
  }
  /** @type {Record<string, number>} */
  const totals = JSON.parse(report);
  const skipped = (totals.numPendingTests ?? 0) + (totals.numTodoTests ?? 0);
  const failed = (totals.numFailedTests ?? 0) + (ci ? skipped : 0);
  return {
    passed: totals.numPassedTests ?? 0,
    failed: code === 0 ? failed : Math.max(failed, 1),
    skipped: ci ? 0 : skipped,
  };
}

/** @param {Counts} counts */
export function formatCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * @param {Step} step
 * @param {string} base
 * @param {boolean} ci
 */
async function runStep({ command, vitest = false }, base, ci) {
  const scratch = mkdtempSync(join(tmpdir(), "beamline-ok-"));
  try {
    const reportFile = join(scratch, "report.json");
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile=${reportFile}`];
    const [program = NODE, ...args] = [...command, ...(vitest ? reporters : [])];
    const { code, output } = await run(program, args, { cwd: base });
    const report = vitest ? readIfThere(reportFile) : undefined;
    const counts = countsOf({ code, report, ci });
    const skips = ci && report !== undefined ? skippedTests(report) : "";
    return { code, counts, output: output + skips };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** @param {string} path */
function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** @param {string} report */
function skippedTests(report) {
  /** @type {{ testResults: { assertionResults: { status: string, fullName: string }[] }[] }} */
  const { testResults } = JSON.parse(report);
  return testResults
    .flatMap((file) => file.assertionResults)
    .filter(({ status }) => ["pending", "skipped", "todo"].includes(status))
    .map(({ fullName }) => `skipped, which fails in CI: ${fullName}\n`)
    .join("");
}

/**
 * @param {string} base
 * @param {readonly string[]} names
 */
async function main(base, names) {
  const ci = ![undefined, "", "false", "0"].includes(process.env.CI);
  const unknown = names.filter((name) => !STEPS.some((step) => step.name === name));
  if (unknown.length > 0) {
    const known = STEPS.map((step) => step.name).join(", ");
    console.error(`Cannot run ${unknown.join(", ")}: no such step; use ${known}`);
    process.exitCode = 2;
    return;
  }
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const step of STEPS) {
    if (names.length > 0 && !names.includes(step.name)) continue;
    const started = performance.now();
    const { code, counts, output } = await runStep(step, base, ci);
    const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6);
    const leftOut = code === LEFT_OUT;
    const verdict = counts.failed > 0 ? "FAIL" : leftOut ? "OUT " : "ok  ";
    const note = step.vitest ? `  ${formatCounts(counts)}` : "";
    console.log(`${verdict} ${step.name.padEnd(12)}${seconds} s${note}`);
    if (counts.failed > 0 || leftOut) console.log(`\n${output.trim()}\n`);
    else for (const line of output.match(/^LEFT OUT: .*$/gm) ?? []) console.log(`     ${line}`);
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  }
  console.log(formatCounts(total));
  if (total.failed > 0) process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main(dirname(import.meta.dirname), process.argv.slice(2));
}
