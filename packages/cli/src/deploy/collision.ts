import { BeamlineError } from "beamline";
import { appOf, hasEnded, type SparkApplicationObject } from "../app/spark-application.js";
import { changesTo, changeWords, type FieldChange } from "./object-diff.js";

export type IfRunning = "refuse" | "wait" | "replace";

/** What becomes of the application that has the name already. */
export type Collision =
  /** There is none. */
  | { readonly kind: "none" }
  /** It has ended: it goes, and its name is free. */
  | { readonly kind: "replace-ended"; readonly state: string }
  /** It runs the same code with the same settings: there is nothing to do but to watch it. */
  | { readonly kind: "attach" }
  /** It runs something else: that is ended, or waited for. */
  | { readonly kind: "replace-running"; readonly changes: readonly FieldChange[] }
  | { readonly kind: "wait"; readonly changes: readonly FieldChange[] };

/**
 * Decides what to do about an application of the same name.
 *
 * @throws BeamlineError `APP_EXISTS` when it is somebody else's, or runs and nobody said what then
 */
export function collisionWith(
  live: SparkApplicationObject | undefined,
  wanted: { readonly spec?: unknown },
  ifRunning: IfRunning,
): Collision {
  if (live === undefined) return { kind: "none" };
  const app = appOf(live);
  const where = `${app.namespace}/${app.name}`;
  if (app.pipeline === undefined) {
    throw new BeamlineError(
      "APP_EXISTS",
      `Cannot deploy as ${where}: there is a SparkApplication of this name that Beamline did not make; choose another --name, or delete it: kubectl delete sparkapplication ${app.name} --namespace ${app.namespace}`,
    );
  }
  if (app.deleting || hasEnded(app)) {
    return { kind: "replace-ended", state: app.deleting ? "being deleted" : app.state };
  }
  const changes = changesTo(live.spec, wanted.spec, "spec");
  if (changes.length === 0) return { kind: "attach" };
  switch (ifRunning) {
    case "replace":
      return { kind: "replace-running", changes };
    case "wait":
      return { kind: "wait", changes };
    case "refuse": {
      const what = changes.slice(0, 2).map(changeWords).join("; ");
      throw new BeamlineError(
        "APP_RUNNING",
        `Cannot deploy as ${where}: an application of this name is ${app.state === "" ? "waiting to run" : app.state.toLowerCase()}, with other code or settings (${what}); add --if-running wait or --if-running replace, or choose another --name`,
      );
    }
  }
}
