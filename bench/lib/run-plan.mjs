import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digestOutput } from "./outputs.mjs";
import { runMeasured } from "./process-usage.mjs";

/**
 * What one contender did: a sample a round, until its rounds were over or it failed.
 *
 * @typedef {object} Run
 * @property {import("./plan.mjs").Contender} contender
 * @property {(import("./process-usage.mjs").Usage & { round: number })[]} samples
 * @property {import("./outputs.mjs").OutputDigest | undefined} output of its first round
 * @property {string | undefined} failure
 */

/**
 * Runs the contenders round by round (A B C, A B C, ...), each a process of its own with an empty
 * folder for its output. One that fails is left out of the rounds that follow.
 *
 * @param {import("./plan.mjs").Plan} plan
 * @param {object} options
 * @param {string} options.root working directory of the processes
 * @param {number} options.rounds
 * @param {import("./process-usage.mjs").Meter} options.meter
 * @param {AbortSignal} options.signal ends the run, and the process that is under way
 * @param {(line: string) => void} options.say
 * @returns {Promise<Run[]>}
 */
export async function runPlan(plan, { root, rounds, meter, signal, say }) {
  /** @type {Run[]} */
  const runs = plan.contenders.map((contender) => ({
    contender,
    samples: [],
    output: undefined,
    failure: undefined,
  }));
  const scratch = await mkdtemp(join(tmpdir(), "beamline-bench-"));
  try {
    for (let round = 1; round <= rounds; round++) {
      for (const run of runs) {
        signal.throwIfAborted();
        const { contender } = run;
        if (run.failure !== undefined || round > (contender.rounds ?? rounds)) continue;
        const folder = join(scratch, `${contender.id}-${round}`);
        const output = join(folder, "output", "out");
        await mkdir(join(folder, "output"), { recursive: true });
        try {
          const command = contender.command(output);
          const usage = await runMeasured(command, { cwd: root, folder, meter, signal });
          run.samples.push({ round, ...usage });
          await compareOutput(run, output);
          say(`  ${round}/${rounds} ${contender.label}: ${usage.wallSeconds.toFixed(2)} s`);
        } catch (error) {
          signal.throwIfAborted();
          run.failure = error instanceof Error ? error.message : String(error);
          say(`  ${round}/${rounds} ${contender.label}: ${run.failure}`);
        }
        await rm(folder, { recursive: true, force: true });
      }
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return runs;
}

/**
 * A contender must write the same in every round; that all write the same is judged at the end.
 *
 * @param {Run} run
 * @param {string} output
 */
async function compareOutput(run, output) {
  const digest = await digestOutput(output);
  run.output ??= digest;
  if (run.output.sha256 !== digest.sha256) {
    throw new Error(
      `Cannot trust ${run.contender.label}: it wrote ${digest.lines} lines this time and ` +
        `different ones (${run.output.lines}) the first time; compare its outputs by hand`,
    );
  }
}
