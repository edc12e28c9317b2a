import { BeamlineError } from "beamline";
import type { AwsOptions } from "../aws/aws-options.js";
import type { Context, FlagValues } from "../command/command.js";
import { exitCodes } from "../command/exit-code.js";
import { type Problem, UsageError } from "../command/usage-error.js";
import { withConfig } from "../config/with-config.js";
import { iamFlags } from "./iam-flags.js";
import {
  ACCOUNT_PLACEHOLDER,
  type IamInput,
  OIDC_PLACEHOLDER,
  planIam,
  type S3Folder,
} from "./plan-iam.js";

type Flags = FlagValues<typeof iamFlags>;

const TITLES = {
  pods: "pods: what Spark and the workers may do",
  trust: "trust: which service account may take that role",
  deployer: "deployer: what whoever deploys may do",
} as const;

/** Prints the policies, or one of them. */
export async function printIam({
  flags: typed,
  cli,
  terminal,
}: Context<typeof iamFlags>): Promise<number> {
  const { flags } = await withConfig(iamFlags, typed, cli);
  const input = iamInput(flags);
  const notes: string[] = [];
  const known = { ...input, ...(await lookUp(flags, notes)) };
  const plan = planIam(known);
  for (const note of notes) terminal.talk(terminal.style.faint(note));
  const text = (part: keyof typeof plan) => JSON.stringify(plan[part], undefined, 2);
  if (flags.part !== undefined) terminal.data(text(flags.part));
  else if (terminal.json) terminal.document(plan);
  else {
    const parts = ["pods", "trust", "deployer"] as const;
    const { dataStyle } = terminal;
    terminal.data(
      parts.map((each) => `${dataStyle.strong(TITLES[each])}\n${text(each)}`).join("\n\n"),
    );
    terminal.talk(["", "Make the role with:", ...commandLines(known)].join("\n"));
  }
  return exitCodes.done.code;
}

function iamInput(flags: Flags): IamInput {
  const { bucket, identity = "irsa", namespace = "default" } = flags;
  const problems: Problem[] = [];
  if (bucket === undefined) {
    problems.push({ subject: "--bucket", message: "missing: the bucket of the deployments" });
  }
  if (flags.account !== undefined && !/^\d{12}$/.test(flags.account)) {
    problems.push({ subject: `--account ${flags.account}`, message: "has not 12 digits" });
  }
  const folders = (flag: string, urls: readonly string[] = []) =>
    urls.flatMap((url) => {
      const folder = folderOf(url);
      if (folder === undefined) {
        problems.push({
          subject: `--${flag} ${url}`,
          message: "is no S3 URL; write s3://bucket/prefix",
        });
      }
      return folder ?? [];
    });
  const reads = folders("reads", flags.reads);
  const writes = folders("writes", flags.writes);
  if (bucket === undefined || problems.length > 0) {
    throw new UsageError("print the IAM policies", problems, "beamline iam --help");
  }
  const prefix = (flags.prefix ?? "beamline").replace(/^\/+|\/+$/g, "");
  return {
    region: flags.region,
    account: flags.account,
    home: { bucket, prefix },
    reads,
    writes,
    repository: flags.repository ?? "beamline/*",
    cluster: flags.cluster,
    namespace,
    serviceAccount: flags.serviceAccount ?? "beamline-spark",
    identity,
    oidcIssuer: flags.oidcIssuer,
  };
}

function folderOf(url: string): S3Folder | undefined {
  const [, bucket, key = ""] = /^s3a?:\/\/([a-z0-9][a-z0-9.-]+)(?:\/(.*))?$/.exec(url) ?? [];
  return bucket === undefined ? undefined : { bucket, prefix: key.replace(/\/+$|\/?\*$/g, "") };
}

/** What AWS knows and was not typed; what cannot be had is said, and stands in the policy as a word. */
async function lookUp(
  flags: Flags,
  notes: string[],
): Promise<Pick<IamInput, "account" | "oidcIssuer">> {
  const options: AwsOptions = { region: flags.region, profile: flags.awsProfile };
  const needsIssuer = flags.identity !== "pod-identity" && flags.oidcIssuer === undefined;
  const attempt = async <T>(missing: string, ask: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof BeamlineError)) throw error;
      notes.push(`${missing} (${error.message})`);
      return undefined;
    }
  };
  const [account, oidcIssuer] = await Promise.all([
    flags.account ??
      attempt(
        `${ACCOUNT_PLACEHOLDER} stands for your AWS account; --account names it`,
        async () => {
          const { callerIdentity } = await import("../aws/sts.js");
          return (await callerIdentity(options)).account;
        },
      ),
    !needsIssuer
      ? flags.oidcIssuer
      : attempt(
          `${OIDC_PLACEHOLDER} stands for the cluster's; --oidc-issuer names it`,
          async () => {
            if (flags.cluster === undefined) {
              throw new BeamlineError("NO_CLUSTER", "no --cluster to look it up");
            }
            const { describeCluster } = await import("../aws/eks.js");
            return (await describeCluster(flags.cluster, options)).oidcIssuer;
          },
        ),
  ]);
  return { account, oidcIssuer };
}

function commandLines({
  identity,
  cluster = "CLUSTER",
  namespace,
  serviceAccount,
  account,
}: IamInput): string[] {
  const arn = `arn:aws:iam::${account ?? ACCOUNT_PLACEHOLDER}:role/beamline-pods`;
  const role = [
    "  beamline iam ... --part trust > trust.json; beamline iam ... --part pods > pods.json",
    "  aws iam create-role --role-name beamline-pods --assume-role-policy-document file://trust.json",
    "  aws iam put-role-policy --role-name beamline-pods --policy-name s3 --policy-document file://pods.json",
  ];
  return identity === "pod-identity"
    ? [
        ...role,
        `  aws eks create-pod-identity-association --cluster-name ${cluster} --namespace ${namespace} --service-account ${serviceAccount} --role-arn ${arn}`,
      ]
    : [...role, `  beamline deploy FILE --role-arn ${arn}`];
}
