import type { CodeReference } from "../../code-ref/code-reference.js";
import type { Fingerprint } from "../../code-ref/fingerprint.js";
import type { StepCounts } from "../../exec/step-metrics.js";
import type { BundleOutput, BundleSplit, BundleWork } from "./bundle-work.js";
import type { ThreadMemorySetup } from "./memory/thread-memory.js";
import type { Bundling } from "./run-options.js";

/** `workerData` of a worker thread. */
export interface WorkerSetup {
  readonly code: CodeReference;
  readonly fingerprint: Fingerprint;
  readonly results: readonly string[];
  readonly strictEncoding: boolean;
  readonly parallelism: number;
  readonly bundling: Bundling;
  readonly fusion: boolean;
  /** Its share of the job's memory. */
  readonly memory: ThreadMemorySetup;
  /** Where to write a CPU profile of the thread when it closes. */
  readonly profile: string | undefined;
  /** Two Float64: the elements and bytes of the running bundle's progress. */
  readonly progress: SharedArrayBuffer;
  /** One Int32: 1 while somebody would like part of the running bundle's work. */
  readonly wish: SharedArrayBuffer;
}

export type ToWorker =
  | { readonly kind: "run"; readonly work: BundleWork }
  /** The last bundle has been committed. */
  | { readonly kind: "finalize" }
  | { readonly kind: "close" };

export type FromWorker =
  /** With the most that its heap can hold, in bytes. */
  | { readonly kind: "ready"; readonly heapLimit: number }
  /** Code has called `process.exit`: that of a step, if it was called by one there and then. */
  | { readonly kind: "exiting"; readonly step: string | undefined }
  | { readonly kind: "done"; readonly output: BundleOutput }
  /** The running bundle has given work away. */
  | { readonly kind: "split"; readonly split: BundleSplit }
  | {
      readonly kind: "failed";
      readonly error: Thrown;
      /** What the bundle had counted. */
      readonly counts?: readonly StepCounts[];
    }
  | { readonly kind: "closed"; readonly error?: Thrown };

/** What was thrown, in a form that keeps what people need across threads. */
export type Thrown =
  | SerializedError
  /** Not an error: primitives as they are, others as text. */
  | { readonly kind: "value"; readonly value: unknown };

export interface SerializedError {
  readonly kind: "user-code" | "beamline" | "other";
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code?: string;
  readonly origin?: "user" | "remote" | "internal";
  readonly transform?: string;
  readonly element?: string | undefined;
  readonly cause?: Thrown;
}
