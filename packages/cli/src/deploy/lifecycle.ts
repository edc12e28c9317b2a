import type { ApplicationState } from "../app/spark-application.js";

/** One look at an application and its pods. */
export interface Sight {
  /** Milliseconds of the clock that the watch goes by. */
  readonly at: number;
  /** Undefined when the application is not there any more. */
  readonly application:
    | {
        readonly state: ApplicationState;
        readonly error: string | undefined;
        readonly attempts: number;
      }
    | undefined;
  readonly driver: "none" | "pending" | "running" | "ended";
  readonly executorsRunning: number;
}

/**
 * Where a deployed application is in its life. `since` is when it got there. The last four are
 * ends: nothing comes after them by itself.
 */
export type Lifecycle =
  | { readonly kind: "created"; readonly since: number }
  | { readonly kind: "submitting"; readonly since: number }
  | { readonly kind: "starting"; readonly since: number }
  | { readonly kind: "running"; readonly since: number }
  | { readonly kind: "finishing"; readonly since: number }
  | { readonly kind: "retrying"; readonly since: number; readonly reason: string | undefined }
  | { readonly kind: "completed"; readonly since: number }
  | { readonly kind: "failed"; readonly since: number; readonly reason: string | undefined }
  | { readonly kind: "suspended"; readonly since: number }
  | { readonly kind: "gone"; readonly since: number };

const ENDS = ["completed", "failed", "suspended", "gone"] as const;

export type Ended = Extract<Lifecycle, { readonly kind: (typeof ENDS)[number] }>;

export function isEnd(life: Lifecycle): life is Ended {
  return ENDS.some((kind) => kind === life.kind);
}

/** What comes after `now` in the light of what is seen. The only place where a lifecycle changes. */
export function nextLife(now: Lifecycle, sight: Sight): Lifecycle {
  if (isEnd(now)) return now;
  const next = seen(now, sight);
  if (next.kind !== now.kind) return next;
  // The same for longer: it is still since then, though the reason may be a newer one.
  return { ...next, since: now.since };
}

function seen(
  now: Lifecycle,
  { at: since, application, driver, executorsRunning }: Sight,
): Lifecycle {
  if (application === undefined) return { kind: "gone", since };
  const { state, error: reason } = application;
  switch (state) {
    case "":
    case "SCHEDULED":
      return { kind: "created", since };
    case "SUBMITTED":
    case "RESUMING":
      return driver === "running" ? { kind: "starting", since } : { kind: "submitting", since };
    case "RUNNING":
      // An executor that is lost and replaced does not put the application back.
      return executorsRunning > 0 || now.kind === "running"
        ? { kind: "running", since }
        : { kind: "starting", since };
    case "SUCCEEDING":
    case "FAILING":
      return { kind: "finishing", since };
    case "SUBMISSION_FAILED":
    case "PENDING_RERUN":
    case "INVALIDATING":
      return { kind: "retrying", since, reason };
    case "SUSPENDING":
    case "SUSPENDED":
      return { kind: "suspended", since };
    case "COMPLETED":
      return { kind: "completed", since };
    case "FAILED":
      return { kind: "failed", since, reason };
    case "UNKNOWN":
      // The operator has lost sight of the driver for a moment, or is newer than this.
      return { ...now, since };
  }
}

/** For people: `running`, `waiting for the operator`. */
export function lifeWords(life: Lifecycle): string {
  switch (life.kind) {
    case "created":
      return "waiting for the operator";
    case "submitting":
      return "waiting for the driver";
    case "starting":
      return "waiting for executors";
    case "running":
      return "running";
    case "finishing":
      return "finishing";
    case "retrying":
      return "about to be tried again";
    case "suspended":
      return "cancelled";
    case "completed":
      return "completed";
    case "failed":
      return "failed";
    case "gone":
      return "deleted";
  }
}
