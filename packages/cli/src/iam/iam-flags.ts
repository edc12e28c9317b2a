import { storageFlags } from "../app/app-flags.js";
import { choiceFlag, textFlag } from "../command/flag.js";
import { listFlag } from "../manifest/flag-forms.js";
import { configFlags } from "../manifest/manifest-flags.js";

/** Flags of `iam`. */
export const iamFlags = {
  bucket: textFlag({ placeholder: "NAME", summary: "Bucket of the deployments (required)" }),
  prefix: textFlag({
    placeholder: "PATH",
    summary: "What their keys begin with",
    defaultText: "beamline, below which each pipeline has its own",
  }),
  reads: listFlag({
    placeholder: "URL",
    summary: "What pipelines read besides, as s3://bucket/prefix; several add up",
  }),
  writes: listFlag({
    placeholder: "URL",
    summary: "What they write besides, as s3://bucket/prefix; several add up",
  }),
  repository: textFlag({
    placeholder: "NAME",
    summary: "ECR repositories of the deployer; * stands for anything",
    defaultText: "beamline/*",
  }),
  identity: choiceFlag({
    choices: ["irsa", "pod-identity"],
    summary: "How the pods take the role",
    defaultText: "irsa",
  }),
  namespace: textFlag({
    placeholder: "NAME",
    short: "n",
    summary: "Namespace of the pods",
    defaultText: "default",
  }),
  serviceAccount: textFlag({
    placeholder: "NAME",
    summary: "Account of the pods",
    defaultText: "beamline-spark",
  }),
  cluster: textFlag({
    placeholder: "NAME",
    summary: "EKS cluster: its OpenID Connect issuer is looked up where it is not given",
  }),
  account: textFlag({
    placeholder: "DIGITS",
    summary: "AWS account",
    defaultText: "that of your credentials, if there are any",
  }),
  oidcIssuer: textFlag({
    placeholder: "URL",
    summary: "The cluster's OpenID Connect issuer, for --identity irsa",
  }),
  region: storageFlags.region,
  awsProfile: storageFlags.awsProfile,
  part: choiceFlag({
    choices: ["pods", "trust", "deployer"],
    summary: "Print this policy alone, as aws iam takes it",
  }),
  ...configFlags,
};
