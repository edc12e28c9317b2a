import { appCommandFlags } from "../../app/app-command-flags.js";
import { appArgument } from "../../app/app-flags.js";
import { definePlainCommand } from "../../command/command.js";
import { exitCodes } from "../../command/exit-code.js";

export const appMetricsCommand = definePlainCommand({
  name: "app metrics",
  summary: "Show its counters, and the executor hours it used",
  description:
    "Shows the pipeline's counters, how many elements its transforms have made, its stages and its executors: of a running application from its driver, of one that has ended from its event log in S3. --verbose shows the steps inside transforms, too.",
  arguments: [appArgument],
  flags: appCommandFlags,
  examples: [{ line: "beamline app metrics wordcount", does: "Show them" }],
  async run({ flags, arguments: [name = ""], cli, terminal }) {
    const { showMetrics } = await import("../../app/metrics/show-metrics.js");
    await showMetrics(name, flags, cli, terminal);
    return exitCodes.done.code;
  },
});
