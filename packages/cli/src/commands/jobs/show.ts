import { definePlainCommand } from "../../command/command.js";
import { exitCodes } from "../../command/exit-code.js";
import { counterLines } from "../../remote/counter-lines.js";
import { requireEndpoint } from "../../remote/require-endpoint.js";
import { jobArgument, jobFlags } from "./job-flags.js";

export const jobsShowCommand = definePlainCommand({
  name: "jobs show",
  summary: "Show one job",
  description: "Shows a job's state, its transforms and its counters.",
  arguments: [jobArgument],
  flags: jobFlags,
  examples: [{ line: "beamline jobs show JOB --job-endpoint localhost:8099", does: "Show it" }],
  async run({ flags, arguments: [jobId = ""], terminal }) {
    const { showJob } = await import("beamline/runners/portable");
    const job = await showJob({ jobEndpoint: requireEndpoint(flags), jobId });
    if (terminal.json) {
      terminal.document(job);
      return exitCodes.done.code;
    }
    terminal.data(`${job.jobId}  ${job.name}  ${job.state}`);
    for (const transform of job.transforms) terminal.data(`  ${transform}`);
    for (const line of counterLines(job.counters)) terminal.data(line);
    return exitCodes.done.code;
  },
});
