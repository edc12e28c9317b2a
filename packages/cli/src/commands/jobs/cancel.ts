import { definePlainCommand } from "../../command/command.js";
import { exitCodes } from "../../command/exit-code.js";
import { requireEndpoint } from "../../remote/require-endpoint.js";
import { jobArgument, jobFlags } from "./job-flags.js";

export const jobsCancelCommand = definePlainCommand({
  name: "jobs cancel",
  summary: "Cancel a job and wait for its end",
  description:
    "Asks the server to cancel the job and waits until it has ended. A job that was over stays as it is.",
  arguments: [jobArgument],
  flags: jobFlags,
  examples: [{ line: "beamline jobs cancel JOB --job-endpoint localhost:8099", does: "Cancel it" }],
  async run({ flags, arguments: [jobId = ""], terminal }) {
    const { cancelJob } = await import("beamline/runners/portable");
    const state = await cancelJob({ jobEndpoint: requireEndpoint(flags), jobId });
    if (terminal.json) terminal.document({ jobId, state });
    else terminal.data(state);
    return exitCodes.done.code;
  },
});
