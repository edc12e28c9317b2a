import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digestOutput } from "./outputs.mjs";
import { runMeasured } from "./process-usage.mjs";
import { Services } from "./services.mjs";

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
 * folder for its output. One that fails is left out of the rounds that follow. Services are started
 * when they are first needed, and stay up to the end.
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
  const services = new Services({ cwd: root, signal });
  try {
    for (let round = 1; round <= rounds; round++) {
      for (const run of runs) {
        signal.throwIfAborted();
        const { contender } = run;
        if (run.failure !== undefined || round > (contender.rounds ?? rounds)) continue;
        const one = {
          ...{ root, folder: join(scratch, `${contender.id}-${round}`), meter, signal },
          comparison: plan.comparison,
        };
        try {
          const warmUps = round === 1 ? (contender.warmUps ?? 0) : 0;
          for (let done = 0; done < warmUps; done++) {
            const { usage } = await runOnce(contender, services, one);
            say(`  0/${rounds} ${contender.label}: ${usage.wallSeconds.toFixed(2)} s, not counted`);
          }
          const { usage, output } = await runOnce(contender, services, one);
          run.samples.push({ round, ...usage });
          compareOutput(run, output);
          say(`  ${round}/${rounds} ${contender.label}: ${usage.wallSeconds.toFixed(2)} s`);
        } catch (error) {
          signal.throwIfAborted();
          run.failure = error instanceof Error ? error.message : String(error);
          say(`  ${round}/${rounds} ${contender.label}: ${run.failure}`);
        }
      }
    }
  } finally {
    await services.stop();
    await rm(scratch, { recursive: true, force: true });
  }
  return runs;
}

/**
 * @param {import("./plan.mjs").Contender} contender
 * @param {Services} services
 * @param {object} options
 * @param {string} options.root
 * @param {string} options.folder that is made for the run, and removed after it
 * @param {import("./process-usage.mjs").Meter} options.meter
 * @param {AbortSignal} options.signal
 * @param {import("./outputs.mjs").Comparison | undefined} options.comparison
 */
async function runOnce({ command, service, fresh }, services, options) {
  const { root, folder, meter, signal, comparison } = options;
  const output = join(folder, "output", "out");
  await mkdir(join(folder, "output"), { recursive: true });
  const own = service && fresh ? await services.fresh(service) : undefined;
  try {
    const running = own ?? (service && (await services.shared(service)));
    const before = running?.usage();
    const how = { cwd: root, folder, meter, signal };
    const usage = await runMeasured(command(output, running?.address ?? ""), how);
    const after = running?.usage();
    return {
      usage: before && after ? withService(usage, before, after) : usage,
      output: await digestOutput(output, comparison),
    };
  } finally {
    await own?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {import("./process-usage.mjs").Usage} usage of the contender's own process
 * @param {import("./process-tree.mjs").TreeUsage} before of the service, when the contender began
 * @param {import("./process-tree.mjs").TreeUsage} after of the service, when it had ended
 * @returns {import("./process-usage.mjs").Usage}
 */
function withService({ wallSeconds, cpuSeconds, peakRssBytes }, before, after) {
  return {
    wallSeconds,
    cpuSeconds: cpuSeconds + after.cpuSeconds - before.cpuSeconds,
    peakRssBytes: Math.max(peakRssBytes, after.peakRssBytes),
  };
}

/**
 * A contender must write the same in every round; that all write the same is judged at the end.
 *
 * @param {Run} run
 * @param {import("./outputs.mjs").OutputDigest} digest
 */
function compareOutput(run, digest) {
  run.output ??= digest;
  if (run.output.hash !== digest.hash) {
    throw new Error(
      `Cannot trust ${run.contender.label}: it wrote ${digest.lines} lines this time and ` +
        `different ones (${run.output.lines}) the first time; compare its outputs by hand`,
    );
  }
}
