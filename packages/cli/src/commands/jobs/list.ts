import { definePlainCommand } from "../../command/command.js";
import { exitCodes } from "../../command/exit-code.js";
import { requireEndpoint } from "../../remote/require-endpoint.js";
import { jobFlags } from "./job-flags.js";

export const jobsListCommand = definePlainCommand({
  name: "jobs list",
  summary: "List the jobs of a job server",
  description:
    "Shows each job that the server knows, running or finished: a server forgets its jobs when it ends.",
  arguments: [],
  flags: jobFlags,
  examples: [{ line: "beamline jobs list --job-endpoint localhost:8099", does: "List them" }],
  async run({ flags, terminal }) {
    const { listJobs } = await import("beamline/runners/portable");
    const jobs = await listJobs(requireEndpoint(flags));
    if (terminal.json) {
      terminal.document(jobs);
      return exitCodes.done.code;
    }
    for (const { jobId, name, state } of jobs) {
      terminal.data(`${state.padEnd(10)}  ${jobId}  ${name}`);
    }
    if (jobs.length === 0) terminal.talk("No jobs.");
    return exitCodes.done.code;
  },
});
