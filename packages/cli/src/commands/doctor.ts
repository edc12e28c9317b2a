import { definePlainCommand } from "../command/command.js";
import { doctorFlags } from "../doctor/doctor-flags.js";

export const doctorCommand = definePlainCommand({
  name: "doctor",
  summary: "Check a cluster before a deploy, or a failed application",
  description:
    "Before a deploy: looks at everything that one needs, side by side (tools, cluster, operator, webhook, rights, identity, image, bucket, quota, nodes), and says what was seen and which command mends what is wrong. It changes nothing but for the event log's folder, which it makes, and an object in the bucket that it deletes again. FILE names the pipeline; its flags are those of manifest.\nAfter a failed one: APP, the application's name, for its cause, the evidence, and what mends it.",
  arguments: [
    {
      name: "FILE|APP",
      summary: "pipeline that is to be deployed, or application that failed",
      optional: true,
    },
  ],
  flags: doctorFlags,
  examples: [
    {
      line: "beamline doctor wordcount.ts --env prod --image REPOSITORY:TAG",
      does: "See whether the environment prod is ready for it",
    },
    { line: "beamline doctor --only webhook --only rights", does: "Two checks alone" },
    { line: "beamline doctor wordcount", does: "Why the application wordcount failed" },
  ],
  nextSteps: [{ line: "beamline deploy FILE", does: "deploy, once nothing fails" }],
  async run(context) {
    const { doctor } = await import("../doctor/doctor.js");
    return await doctor(context);
  },
});
