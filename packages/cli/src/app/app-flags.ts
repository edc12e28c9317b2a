import { textFlag } from "../command/flag.js";

/** Which cluster, by kubectl's conventions. */
export const clusterFlags = {
  context: textFlag({
    placeholder: "NAME",
    summary: "Context of the kubeconfig to use",
    defaultText: "the current one",
  }),
  namespace: textFlag({
    placeholder: "NAME",
    short: "n",
    summary: "Namespace of the application",
    defaultText: "the context's",
  }),
};

/** Where S3 is, by the conventions of AWS. */
export const storageFlags = {
  region: textFlag({
    placeholder: "NAME",
    summary: "AWS region of the bucket",
    defaultText: "AWS_REGION, or that of the profile",
  }),
  awsProfile: textFlag({
    placeholder: "NAME",
    summary: "Profile of your AWS configuration",
    defaultText: "AWS_PROFILE",
  }),
  s3Endpoint: textFlag({
    placeholder: "URL",
    summary: "An S3 other than Amazon's, as seen from here",
    defaultText: "AWS_ENDPOINT_URL_S3",
  }),
};

export const appArgument = {
  name: "APP",
  summary: "name of the application: beamline app list shows it",
};
