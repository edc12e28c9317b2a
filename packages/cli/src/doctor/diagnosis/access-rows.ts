import type { DiagnosisRow } from "./row.js";

/** What may not be done, or is not there. */
export const accessRows: readonly DiagnosisRow[] = [
  {
    id: "no-such-bucket",
    signs: [{ text: /NoSuchBucket/ }, { text: /[Bb]ucket "?([\w.-]+)"? does not exist/ }],
    outlook: "ends",
    explains: ["event-log-folder"],
    cause: ({ fact }, { bucket }) =>
      `there is no bucket ${bucketIn(fact.text) ?? bucket ?? "of that name"} (in that account and region)`,
    mend: ({ fact }, { bucket }) => [
      `aws s3 mb s3://${bucketIn(fact.text) ?? bucket ?? "BUCKET"}`,
      "or see that --bucket, --region and the paths of the pipeline are right",
    ],
  },
  {
    id: "no-credentials",
    signs: [
      {
        text: /NoAuthWithAWSException|You must specify a value for roleArn|NoAwsCredentialsException|Unable to load (?:AWS )?credentials|CredentialsProviderError|Could not load credentials/,
      },
    ],
    outlook: "ends",
    explains: ["access-denied"],
    cause: (_, { serviceAccount = "the service account" }) =>
      `the pods have no AWS credentials: ${serviceAccount} is bound to no role`,
    mend: (_, { serviceAccount = "SERVICE_ACCOUNT", namespace, bucket = "BUCKET" }) => [
      `beamline iam --bucket ${bucket} (prints the policy), then: aws eks create-pod-identity-association --cluster-name CLUSTER --namespace ${namespace} --service-account ${serviceAccount} --role-arn ROLE`,
      "beamline doctor tells which of Pod Identity and IRSA the image's hadoop line can use",
    ],
  },
  {
    id: "access-denied",
    signs: [
      { text: /(AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch)/ },
      { from: ["log"], text: /(AccessDeniedException.*(?:403|Forbidden))/ },
      { from: ["log"], text: /(403 Forbidden|Status Code: 403)/ },
    ],
    outlook: "ends",
    explains: ["event-log-folder"],
    cause: ({ fact, groups: [word = "AccessDenied"] }, { bucket }) => {
      const where = pathIn(fact.text) ?? (bucket === undefined ? "S3" : `s3://${bucket}`);
      return /InvalidAccessKeyId|SignatureDoesNotMatch/.test(word)
        ? `S3 does not know these credentials (${word})`
        : `S3 refuses ${where} to the pods`;
    },
    mend: (_, { bucket = "BUCKET", app }) => [
      `beamline iam --bucket ${bucket} (prints what the role must be allowed to), and put it on the role of the service account`,
      `beamline doctor ${app} tries it again`,
    ],
  },
  {
    id: "event-log-folder",
    signs: [
      {
        from: ["log"],
        text: /FileNotFoundException: .*?(?:No such file or directory:? )?(s3a:\/\/\S*(?:event|history)\S*)/i,
      },
      {
        from: ["log"],
        text: /(?:event ?log|Log directory) \S*(s3a:\/\/\S+) (?:does not exist|is not a directory)/i,
      },
    ],
    outlook: "ends",
    cause: ({ groups: [folder = "its folder"] }) =>
      `Spark writes its event log only where there is a folder already, and ${folder} is none`,
    mend: ({ groups: [folder = "s3a://BUCKET/PREFIX/spark-events"] }) => [
      `aws s3api put-object ${putObject(folder)} (beamline deploy and beamline doctor make it, too)`,
    ],
  },
  {
    id: "service-account",
    signs: [
      { text: /serviceaccount "?([\w.:-]+)"? not found/i },
      { text: /User "?system:serviceaccount:([\w.:-]+)"? cannot (\w+) resource/ },
      { text: /error looking up service account ([\w./-]+)/ },
    ],
    outlook: "ends",
    cause: ({ groups: [account = "", verb] }) =>
      verb === undefined
        ? `there is no service account ${account}`
        : `the service account ${account} lacks rights that Spark's driver needs`,
    mend: (_, { file = "FILE", namespace }) => [
      `beamline manifest ${file} ... | kubectl apply --namespace ${namespace} --filename - (has the ServiceAccount, Role and RoleBinding)`,
    ],
  },
];

function bucketIn(text: string): string | undefined {
  return (
    /[Bb]ucket "?([a-z0-9][a-z0-9.-]{2,62})"? does not exist/.exec(text)?.[1] ??
    /s3a?:\/\/([a-z0-9][a-z0-9.-]{2,62})/.exec(text)?.[1]
  );
}

function pathIn(text: string): string | undefined {
  return /s3a?:\/\/[^\s:,"')]+/.exec(text)?.[0];
}

function putObject(folder: string): string {
  const [, bucket = "BUCKET", key = ""] = /^s3a?:\/\/([^/]+)\/?(.*?)\/?$/.exec(folder) ?? [];
  return `--bucket ${bucket} --key ${key}/`;
}
