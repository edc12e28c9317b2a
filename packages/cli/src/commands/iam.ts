import { definePlainCommand } from "../command/command.js";
import { iamFlags } from "../iam/iam-flags.js";

export const iamCommand = definePlainCommand({
  name: "iam",
  summary: "Print the IAM policies that deployments need, and no more",
  description:
    "Prints three policies: pods is what Spark and the workers may do in S3; trust says which service account may take that role, by EKS Pod Identity or IAM roles for service accounts; deployer is for the people and CI jobs that run beamline deploy. It changes nothing in AWS.",
  arguments: [],
  flags: iamFlags,
  examples: [
    { line: "beamline iam --bucket acme-beam", does: "Print all three" },
    {
      line: "beamline iam --bucket acme-beam --part pods > pods.json",
      does: "One of them, for aws iam put-role-policy",
    },
    {
      line: "beamline iam --bucket b --reads s3://books --writes s3://out/counts",
      does: "For pipelines that read and write elsewhere",
    },
  ],
  nextSteps: [{ line: "beamline doctor FILE", does: "see whether they are enough" }],
  async run(context) {
    const { printIam } = await import("../iam/print-iam.js");
    return printIam(context);
  },
});
