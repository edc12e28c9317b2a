import type { PodRole } from "../../app/pods.js";

/** Something that a cluster says about an application, word for word. */
export interface Fact {
  readonly from: "application" | "container" | "condition" | "event" | "log" | "request" | "watch";
  /** What it is about: the name of a pod or of the application. */
  readonly subject: string;
  readonly role?: PodRole;
  readonly at?: Date;
  /** A word for programs: `OOMKilled`, `ErrImagePull`, `Unschedulable`. */
  readonly reason?: string;
  readonly exitCode?: number;
  readonly text: string;
}

/** What commands that mend something have to name. */
export interface DiagnosisContext {
  readonly app: string;
  readonly namespace: string;
  /** The pipeline's file as it was deployed, where that is known. */
  readonly file: string | undefined;
  readonly image: string | undefined;
  readonly bucket: string | undefined;
  readonly serviceAccount: string | undefined;
  readonly executorMemory: string | undefined;
  readonly executorOverhead: string | undefined;
  readonly driverOverhead: string | undefined;
}
