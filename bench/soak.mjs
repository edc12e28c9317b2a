// Runs a streaming pipeline with late data, sessions, state and timers for a while, and looks at its
// memory: `node bench/soak.mjs --minutes 10`. Memory must be flat once the stream is in full swing
// (state of windows that have expired goes), and the watermark must keep up.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    rate: { type: "string", default: "1000" },
    workers: { type: "string", default: "2" },
  },
});
const root = fileURLToPath(new URL("..", import.meta.url));
const minutes = Number(values.minutes);
const SAMPLE_MS = 5000;
/** Growth from the middle third of the run to the last that is still "flat". */
const FLAT = 1.1;
/** The watermark may be behind by the longest turn of a source and what comes after it. */
const LAG_MS = 10_000;

const child = spawn(
  process.execPath,
  [
    `${root}packages/cli/bin/beamline.js`,
    ...["run", "bench/pipelines/soak.ts", "--json"],
    ...["--rate", values.rate, "--workers", values.workers],
  ],
  { cwd: root, stdio: ["ignore", "pipe", "inherit"] },
);
let output = "";
child.stdout.setEncoding("utf8").on("data", (text) => {
  output += text;
});
const ended = new Promise((resolve) => child.once("exit", resolve));

/** @type {number[]} */
const samples = [];
const end = Date.now() + minutes * 60_000;
while (Date.now() < end && child.exitCode === null) {
  await Promise.race([sleep(Math.min(SAMPLE_MS, end - Date.now())), ended]);
  const megabytes = residentMegabytes(child.pid ?? 0);
  if (megabytes !== undefined) samples.push(megabytes);
  if (samples.length % 12 === 0) console.log(`${samples.length / 12} min: ${megabytes} MB`);
}
child.kill("SIGINT");
const code = await ended;
const result = JSON.parse(output);
const third = Math.floor(samples.length / 3);
const middle = median(samples.slice(third, 2 * third));
const last = median(samples.slice(2 * third));
const lag = Math.max(
  ...result.stages.map((/** @type {any} */ stage) => stage.maxWatermarkLagMs ?? 0),
);
console.log(`elements: ${result.elementsRead}, bundles: ${result.bundles}, exit code ${code}`);
for (const { transform, name, value } of result.counters) {
  console.log(`  ${transform}: ${name} ${value}`);
}
const growth = last / middle;
console.log(
  `memory: ${middle} MB in the middle third, ${last} MB in the last, ${growth.toFixed(3)}x`,
);
console.log(`watermark: at most ${(lag / 1000).toFixed(1)} s behind the clock`);
const failed = code !== 0 || growth > FLAT || lag > LAG_MS;
console.log(
  failed ? "MISSED: flat memory and a bounded lag" : "met: flat memory and a bounded lag",
);
process.exitCode = failed ? 1 : 0;

/** @param {number} pid */
function residentMegabytes(pid) {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1024);
  } catch {
    return undefined;
  }
}

/** @param {number[]} numbers */
function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
