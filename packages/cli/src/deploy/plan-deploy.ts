import type { SparkApplicationObject } from "../app/spark-application.js";
import { type KubeObject, type KubeRef, refOf } from "../kube/kube-object.js";
import { type Collision, collisionWith, type IfRunning } from "./collision.js";
import { changesTo, type FieldChange } from "./object-diff.js";
import type { Artefact } from "./record.js";

/** A layer of the image, as it stands in the registry. */
export interface LayerStep {
  readonly name: string;
  readonly size: number;
  /** `mount`: it lies in another repository of the registry. */
  readonly state: "there" | "mount" | "push";
}

export interface UploadStep {
  readonly what: string;
  readonly key: string;
  readonly size: number;
  readonly state: "there" | "upload";
}

export interface ObjectStep {
  readonly ref: KubeRef;
  readonly action: "create" | "patch" | "leave" | "replace" | "wait, then replace";
  readonly changes: readonly FieldChange[];
}

/** Everything that a deploy will do, in order. */
export interface DeployPlan {
  readonly app: { readonly namespace: string; readonly name: string };
  readonly image: { readonly reference: string; readonly layers: readonly LayerStep[] };
  readonly bucket: string;
  readonly uploads: readonly UploadStep[];
  readonly objects: readonly ObjectStep[];
  /** What becomes of an application of the same name. */
  readonly collision: Collision;
}

/** What a deploy is to bring about. */
export interface DeployWish {
  readonly image: { readonly reference: string; readonly layers: readonly LayerStep[] };
  readonly bucket: string;
  readonly artefacts: readonly Artefact[];
  readonly support: readonly KubeObject[];
  readonly application: KubeObject & { readonly spec: unknown };
}

/** What there is before it. */
export interface World {
  /** Keys of artefacts that are in the bucket. */
  readonly stored: ReadonlySet<string>;
  /** Live objects, in the order of the wish's `support`; undefined for those that are not there. */
  readonly support: readonly (KubeObject | undefined)[];
  readonly application: KubeObject | undefined;
}

/**
 * Compares what is wanted with what is there.
 *
 * @throws BeamlineError when an application of the same name is in the way, see `collisionWith`
 */
export function planDeploy(wish: DeployWish, world: World, ifRunning: IfRunning): DeployPlan {
  const { application } = wish;
  const { name, namespace = "default" } = application.metadata;
  const isOnce = application.kind === "SparkApplication";
  const live = world.application as SparkApplicationObject | undefined;
  // A schedule is brought up to date where it is: its runs have names of their own.
  const collision: Collision = isOnce
    ? collisionWith(live, application, ifRunning)
    : { kind: "none" };
  return {
    app: { namespace, name },
    image: wish.image,
    bucket: wish.bucket,
    uploads: wish.artefacts.map(({ what, key, bytes }) => ({
      what,
      key,
      size: bytes.length,
      state: world.stored.has(key) ? "there" : "upload",
    })),
    objects: [
      ...wish.support.map((object, index) => stepFor(object, world.support[index])),
      isOnce ? applicationStep(application, collision) : stepFor(application, world.application),
    ],
    collision,
  };
}

function stepFor(wanted: KubeObject, live: KubeObject | undefined): ObjectStep {
  const ref = refOf(wanted);
  if (live === undefined) return { ref, action: "create", changes: [] };
  const changes = changesTo(live, wanted);
  return { ref, action: changes.length === 0 ? "leave" : "patch", changes };
}

function applicationStep(wanted: KubeObject, collision: Collision): ObjectStep {
  const ref = refOf(wanted);
  switch (collision.kind) {
    case "none":
      return { ref, action: "create", changes: [] };
    case "attach":
      return { ref, action: "leave", changes: [] };
    case "replace-ended":
      return { ref, action: "replace", changes: [] };
    case "replace-running":
      return { ref, action: "replace", changes: collision.changes };
    case "wait":
      return { ref, action: "wait, then replace", changes: collision.changes };
  }
}

/** Bytes that go over the network: layers to push and artefacts to upload. */
export function bytesToSend(plan: DeployPlan): number {
  const layers = plan.image.layers.filter(({ state }) => state === "push");
  return layers.reduce((sum, { size }) => sum + size, bytesOfFiles(plan));
}

/** Those of artefacts alone. */
export function bytesOfFiles({ uploads }: DeployPlan): number {
  const files = uploads.filter(({ state }) => state === "upload");
  return files.reduce((sum, { size }) => sum + size, 0);
}
