import { type KubeObject, nameOf, refOf } from "../../kube/kube-object.js";
import { countOf } from "../../text/names.js";
import type { ShardSet } from "../results/shards.js";
import type { App } from "../spark-application.js";
import type { StoredObject } from "../storage.js";

/** What is there of an application, in the cluster and in S3. */
export interface Belongings {
  readonly app: Pick<App, "namespace" | "name"> & Partial<Pick<App, "image">>;
  readonly bucket: string | undefined;
  /** Keys of its records in the bucket, and of all that these name. */
  readonly artefacts: readonly string[];
  /** URLs of records that are not there any more. */
  readonly lostRecords: readonly string[];
  /** Keys that records of other applications name. */
  readonly usedByOthers: ReadonlySet<string>;
  readonly eventLogs: readonly StoredObject[];
  /** Key of the folder of event logs that other applications write to, too. */
  readonly sharedFolder: string | undefined;
  readonly results: readonly ShardSet[];
  /** URLs of what broken-off writes have left. */
  readonly drafts: readonly string[];
  /** ServiceAccount, Role, RoleBinding and the like that came with deploys. */
  readonly support: readonly KubeObject[];
  /** Applications of ours in the same namespace besides this one. */
  readonly neighbours: readonly string[];
}

export interface DeleteChoices {
  /** Event logs stay. */
  readonly keepHistory: boolean;
  /** What the pipeline has written goes, too. */
  readonly results: boolean;
  /** The image's repository in ECR goes, with all its images. */
  readonly ecr: boolean;
}

/** Something that a delete leaves, and why. */
export interface Left {
  readonly what: string;
  readonly why: string;
}

export interface DeletePlan {
  readonly app: { readonly namespace: string; readonly name: string };
  readonly bucket: string | undefined;
  readonly objects: readonly KubeObject[];
  /** Keys in the bucket. */
  readonly keys: readonly string[];
  /** Key of a folder that has to stay when nothing is in it any more: Spark wants it there. */
  readonly keepFolder: string | undefined;
  /** `s3://` URLs of drafts and results. */
  readonly results: readonly string[];
  /** `host/name` of a repository. */
  readonly repository: string | undefined;
  readonly left: readonly Left[];
}

/** Decides what goes with an application and what stays. */
export function planDelete(there: Belongings, choices: DeleteChoices): DeletePlan {
  const { app, bucket, artefacts: own, usedByOthers, eventLogs, results, support } = there;
  const left: Left[] = [];
  const keys = own.filter((key) => !usedByOthers.has(key));
  if (keys.length < own.length) {
    const shared = own.length - keys.length;
    left.push({
      what: `${countOf(shared, "artefact")} in s3://${bucket}`,
      why: "other applications use them",
    });
  }
  if (choices.keepHistory) {
    if (eventLogs.length > 0) left.push({ what: "its event log", why: "--keep-history" });
  } else {
    keys.push(...eventLogs.map(({ key }) => key));
  }
  for (const { prefix, suffix, shards } of choices.results ? [] : results) {
    left.push({
      what: `${prefix}-*${suffix}: ${countOf(shards.length, "shard")}`,
      why: "results; --results deletes them",
    });
  }
  const objects = there.neighbours.length === 0 ? support : [];
  if (objects.length < support.length) {
    const names = support.map((object) => nameOf(refOf(object))).join(", ");
    const need = there.neighbours.length === 1 ? "needs" : "need";
    left.push({ what: names, why: `${there.neighbours.join(", ")} ${need} them` });
  }
  const repository = repositoryOf(app.image);
  const isEcr = repository !== undefined && /\.dkr\.ecr\.[\w-]+\.amazonaws\.com/.test(repository);
  if (repository !== undefined && !(choices.ecr && isEcr)) {
    left.push({
      what: `the image repository ${repository}`,
      why: isEcr ? "--ecr deletes it" : "it is not in ECR: delete it where it is",
    });
  }
  for (const url of there.lostRecords) {
    left.push({ what: "artefacts that a record named", why: `there is no ${url} any more` });
  }
  return {
    app: { namespace: app.namespace, name: app.name },
    bucket,
    objects,
    keys,
    keepFolder: choices.keepHistory ? undefined : there.sharedFolder,
    results: [
      ...there.drafts,
      ...(choices.results ? results.flatMap(({ shards }) => shards.map(({ url }) => url)) : []),
    ],
    repository: choices.ecr && isEcr ? repository : undefined,
    left,
  };
}

/** `host/name` of an image's reference. */
export function repositoryOf(image: string | undefined): string | undefined {
  return image?.replace(/@sha256:.*$/, "").replace(/:[^/:]+$/, "");
}
