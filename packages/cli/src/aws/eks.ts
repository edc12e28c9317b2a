import { callAws } from "./aws-error.js";
import { type AwsOptions, clientConfig, until } from "./aws-options.js";

export interface EksCluster {
  readonly name: string;
  /** Of Kubernetes: `1.33`. */
  readonly version: string | undefined;
  /** `https://oidc.eks.REGION.amazonaws.com/id/...`; what IAM roles for service accounts trust. */
  readonly oidcIssuer: string | undefined;
}

/** Looks an EKS cluster up. */
export async function describeCluster(
  name: string,
  options: AwsOptions = {},
  signal?: AbortSignal,
): Promise<EksCluster> {
  const { DescribeClusterCommand, EKSClient } = await import("@aws-sdk/client-eks");
  const client = new EKSClient(clientConfig(options));
  try {
    const { cluster } = await callAws(
      `look up the EKS cluster ${name}`,
      () => client.send(new DescribeClusterCommand({ name }), until(signal)),
      signal,
    );
    return { name, version: cluster?.version, oidcIssuer: cluster?.identity?.oidc?.issuer };
  } finally {
    client.destroy();
  }
}

export interface PodIdentityRequest {
  readonly cluster: string;
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** Whether EKS Pod Identity gives a service account a role. */
export async function hasPodIdentity(
  { cluster, namespace, serviceAccount }: PodIdentityRequest,
  options: AwsOptions = {},
  signal?: AbortSignal,
): Promise<boolean> {
  const { EKSClient, ListPodIdentityAssociationsCommand } = await import("@aws-sdk/client-eks");
  const client = new EKSClient(clientConfig(options));
  const request = { clusterName: cluster, namespace, serviceAccount };
  try {
    const { associations = [] } = await callAws(
      `look up Pod Identity in the EKS cluster ${cluster}`,
      () => client.send(new ListPodIdentityAssociationsCommand(request), until(signal)),
      signal,
    );
    return associations.length > 0;
  } finally {
    client.destroy();
  }
}
