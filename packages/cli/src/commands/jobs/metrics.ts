import { definePlainCommand } from "../../command/command.js";
import { exitCodes } from "../../command/exit-code.js";
import { counterLines } from "../../remote/counter-lines.js";
import { requireEndpoint } from "../../remote/require-endpoint.js";
import { jobArgument, jobFlags } from "./job-flags.js";

export const jobsMetricsCommand = definePlainCommand({
  name: "jobs metrics",
  summary: "Show a job's counters",
  description: "Shows the counters of a job: of a running one, what was attempted so far.",
  arguments: [jobArgument],
  flags: jobFlags,
  examples: [
    { line: "beamline jobs metrics JOB --job-endpoint localhost:8099", does: "Show them" },
  ],
  async run({ flags, arguments: [jobId = ""], terminal }) {
    const { jobMetrics } = await import("beamline/runners/portable");
    const { committed, attempted } = await jobMetrics({
      jobEndpoint: requireEndpoint(flags),
      jobId,
    });
    if (terminal.json) {
      terminal.document({ committed, attempted });
      return exitCodes.done.code;
    }
    const counters = committed.length > 0 ? committed : attempted;
    for (const line of counterLines(counters)) terminal.data(line);
    if (counters.length === 0) terminal.talk("No counters.");
    return exitCodes.done.code;
  },
});
