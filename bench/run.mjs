// The benchmark: `npm run bench -- --help` says what it can do, bench/README.md what it means.

import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { jobs } from "./jobs/index.mjs";
import { analyze } from "./lib/analyze.mjs";
import { help, PEERS, readArguments } from "./lib/arguments.mjs";
import { cacheFolder } from "./lib/cache.mjs";
import { isRecorded, readHistory, regressions, withResult, writeHistory } from "./lib/history.mjs";
import { describeMachine, machineKey } from "./lib/machine.mjs";
import { chooseMeter } from "./lib/process-usage.mjs";
import { findPython } from "./lib/python-environments.mjs";
import { renderMachine, renderResult } from "./lib/report.mjs";
import { runPlan } from "./lib/run-plan.mjs";

/** @typedef {import("./lib/arguments.mjs").Arguments} Arguments */

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
const say = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);
const print = (/** @type {string} */ text) => process.stdout.write(`${text}\n`);

try {
  process.exitCode = await main(readArguments(process.argv.slice(2)));
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

/**
 * @param {Arguments} args
 * @returns {Promise<number>} the exit code: 1 where something failed, differed or got worse
 */
async function main(args) {
  if (args.help) {
    print(help);
    return 0;
  }
  const chosen = chooseJobs(args.jobs);
  if (!args.peersOnly) requireBuild();
  const interrupted = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"]) {
    process.once(name, () => interrupted.abort(new Error(`Stopped by ${name}`)));
  }

  const machine = describeMachine();
  const meter = chooseMeter();
  print(`${renderMachine(machine)}; metered by ${meter.name}\n`);
  if (machine.load > machine.cores / 2) say("The machine is busy: trust the ratios only.");

  const cache = join(cacheFolder(), "bench");
  await mkdir(cache, { recursive: true });
  const historyPath = join(cache, `history-${machineKey(machine)}.json`);
  const startedAt = new Date().toISOString();
  const context = { ...args, root, cache, ...choosePeers(args, chosen) };
  const results = [];
  const worse = [];
  for (const job of chosen) {
    const plan = withoutOurs(await job.plan(context), args.peersOnly);
    say(`${plan.title}, ${args.rounds} rounds`);
    const { signal } = interrupted;
    const runs = await runPlan(plan, { root, rounds: args.rounds, meter, signal, say });
    const result = analyze(job.name, plan, runs);
    results.push(result);
    print(renderResult(result, args));

    const history = await readHistory(historyPath);
    if (args.check && !isRecorded(history, result)) say("Nothing recorded to check against yet.");
    const found = args.check ? regressions(history, result) : [];
    worse.push(...found);
    if (args.record && found.length === 0) {
      await writeHistory(historyPath, withResult(history, result, startedAt));
    }
  }
  if (args.json !== undefined) {
    const report = { version: 1, startedAt, machine, meter: meter.name, results, worse };
    await writeFile(args.json, `${JSON.stringify(report, undefined, 2)}\n`);
  }
  for (const sentence of worse) say(`WORSE: ${sentence}`);
  const sound = results.every(
    ({ outputs, contenders }) =>
      outputs.equal &&
      contenders.every(({ failure, mayFail = false }) => failure === undefined || mayFail),
  );
  return sound && worse.length === 0 ? 0 : 1;
}

/** @param {readonly string[]} names */
function chooseJobs(names) {
  const unknown = names.filter((name) => !jobs.some((job) => job.name === name));
  if (unknown.length > 0) {
    throw new Error(
      `Cannot run ${unknown.join(", ")}: there is no such job; ` +
        `choose from ${jobs.map((job) => job.name).join(", ")} or all`,
    );
  }
  if (names.length === 0) return jobs.filter((job) => !job.onRequest);
  return jobs.filter((job) => names.includes(job.name));
}

/**
 * Everyone who can run here, unless `--peers` says who.
 *
 * @param {Arguments} args
 * @param {readonly import("./lib/plan.mjs").Job[]} chosen
 */
function choosePeers({ peers }, chosen) {
  const selected = peers ?? new Set(PEERS);
  const needed = new Set(chosen.flatMap(({ environments = [] }) => environments));
  const find = (/** @type {import("./lib/python-environments.mjs").EnvironmentName} */ name) => {
    if (!selected.has(name) || !needed.has(name)) return undefined;
    return findPython(name, root, { install: peers !== undefined, say });
  };
  return { peers: selected, python: find("python"), pyspark: find("pyspark") };
}

/**
 * @param {import("./lib/plan.mjs").Plan} plan
 * @param {boolean} peersOnly
 */
function withoutOurs(plan, peersOnly) {
  if (!peersOnly) return plan;
  return { ...plan, contenders: plan.contenders.filter(({ ours }) => !ours), targets: [] };
}

function requireBuild() {
  if (existsSync(join(root, "packages", "cli", "dist", "main.js"))) return;
  throw new Error(
    "Cannot measure Beamline: it is not built; run npm run build first, or give --peers-only",
  );
}
