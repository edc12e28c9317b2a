import type { KubeClient } from "../kube/client.js";
import type { KubeObject } from "../kube/kube-object.js";
import type { Manifest } from "../manifest/plan-manifest.js";
import type { ManifestSettings } from "../manifest/settings.js";
import type { SparkApplicationSpec } from "../manifest/spark-application.js";
import type { Deployment, Node, Pod } from "./kube-types.js";

/** What the checks look at: what would be deployed, and where. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Of the process: `20.19.0`. */
  readonly nodeVersion: string;
  readonly beamlineVersion: string;

  readonly namespace: string;
  readonly settings: ManifestSettings;
  /** With stand-ins for an image or a bucket that was not named. */
  readonly manifest: Manifest;
  readonly spec: SparkApplicationSpec;

  readonly image: string | undefined;
  /** What an image that is not there yet is made of, and for which platforms. */
  readonly base: string;
  readonly platforms: readonly string[];
  readonly insecure: boolean;
  readonly bucket: string | undefined;
  readonly prefix: string;
  readonly region: string | undefined;
  readonly awsProfile: string | undefined;
  readonly s3Endpoint: string | undefined;
  /** Name of the EKS cluster, if it is one that can be told. */
  readonly eksCluster: string | undefined;

  /** Opens the cluster and sees that it answers. */
  connect(): Promise<{ readonly client: KubeClient; readonly version: string }>;
  /** The same for checks that need it: throws NotChecked where it does not answer. */
  client(): Promise<KubeClient>;
  /** The operator's deployments of controller and webhook. */
  operator(): Promise<OperatorParts>;
  nodes(): Promise<readonly Node[]>;
  /** Pods of all namespaces that use a node; undefined when they may not be listed. */
  pods(): Promise<readonly Pod[] | undefined>;
}

export interface OperatorParts {
  readonly controller: Deployment | undefined;
  readonly webhook: Deployment | undefined;
}

/** A namespaced object of the manifest, by its kind. */
export function supportOf(world: World, kind: string): KubeObject | undefined {
  return world.manifest.support.find((each) => each.kind === kind);
}
