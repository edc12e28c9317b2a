import { definePlainCommand } from "../../command/command.js";
import { exitCodes } from "../../command/exit-code.js";
import { counterLines } from "../../remote/counter-lines.js";
import { requireEndpoint } from "../../remote/require-endpoint.js";
import { jobArgument, jobFlags } from "./job-flags.js";

export const jobsWaitCommand = definePlainCommand({
  name: "jobs wait",
  summary: "Wait for a job's end, with its messages",
  description:
    "Follows a job until it ends. Fails when the job fails, with its cause. Ctrl-C stops waiting; the job goes on.",
  arguments: [jobArgument],
  flags: jobFlags,
  examples: [{ line: "beamline jobs wait JOB --job-endpoint localhost:8099", does: "Follow it" }],
  async run({ flags, arguments: [jobId = ""], cli, terminal }) {
    const { waitJob } = await import("beamline/runners/portable");
    const job = await waitJob(
      { jobEndpoint: requireEndpoint(flags), jobId },
      {
        signal: cli.cancellation(),
        onState: (state) => terminal.progress(state),
        onMessage: ({ level, text }) => {
          if (level === "warning" || terminal.verbose) terminal.talk(terminal.style.faint(text));
        },
      },
    );
    terminal.progress(undefined);
    if (terminal.json) {
      terminal.document(job);
      return exitCodes.done.code;
    }
    terminal.data(job.state);
    for (const line of counterLines(job.counters)) terminal.data(line);
    return exitCodes.done.code;
  },
});
