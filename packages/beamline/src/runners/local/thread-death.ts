import { BeamlineError } from "../../model/errors.js";
import type { PlannedStage } from "./plan.js";

/** Why a worker thread has ended although nobody had told it to. */
export type ThreadDeath =
  /** Its heap was full. */
  | { readonly kind: "outOfMemory"; readonly heapLimit: number | undefined }
  /** Code that it ran called `process.exit`: that of `step`, if it was called there and then. */
  | { readonly kind: "exit"; readonly code: number; readonly step: string | undefined }
  /** An error was thrown, or a promise rejected, where nobody could catch it. */
  | { readonly kind: "uncaught"; readonly error: unknown };

/** What a thread was doing when it died. */
export type Doing =
  | { readonly kind: "starting" | "waiting" }
  | { readonly kind: "bundle"; readonly stage: PlannedStage | undefined };

/** The death as the failure of what the thread was doing. Equal deaths have equal messages. */
export function deathError(death: ThreadDeath, doing: Doing): BeamlineError {
  const action = actionOf(death, doing);
  switch (death.kind) {
    case "outOfMemory":
      return new BeamlineError("WORKER_OUT_OF_MEMORY", `Cannot ${action}: ${outOfMemory(death)}`);
    case "exit":
      return new BeamlineError(
        "WORKER_DIED",
        `Cannot ${action}: process.exit(${death.code}) was called there, which ends the worker thread; throw an error instead`,
      );
    case "uncaught":
      return new BeamlineError(
        "WORKER_DIED",
        `Cannot ${action}: its worker thread was ended by an error that nobody caught, ${textOf(death.error)}; catch what callbacks throw, and await or catch every promise`,
        { cause: death.error },
      );
  }
}

function outOfMemory({ heapLimit }: { readonly heapLimit: number | undefined }): string {
  const mebibytes = heapLimit === undefined ? undefined : Math.round(heapLimit / 2 ** 20);
  const limit = mebibytes === undefined ? "" : ` (the limit is ${mebibytes} MiB for each thread)`;
  const more = mebibytes === undefined ? 8192 : 2 * mebibytes;
  return `its worker thread ran out of heap memory${limit}; keep less of it alive in these functions, give the engine a smaller share (--memory), or raise the limit, with fewer --workers if the machine is short of memory: NODE_OPTIONS=--max-old-space-size=${more}`;
}

function actionOf(death: ThreadDeath, doing: Doing): string {
  switch (doing.kind) {
    case "starting":
      return "start a worker thread";
    case "waiting":
      return "keep a worker thread between bundles";
    case "bundle": {
      if (death.kind === "exit" && death.step !== undefined) return `run "${death.step}"`;
      return `run ${stepsOf(doing.stage)}`;
    }
  }
}

const MOST_STEPS = 4;

/** The steps that a bundle goes through: only its thread knew in which of them it was. */
function stepsOf(stage: PlannedStage | undefined): string {
  const steps = stage?.steps ?? [];
  const names = steps
    .filter(({ operation }) => operation.kind !== "flatten")
    .map(({ name }) => `"${name}"`);
  const [only = "a bundle", ...others] = names;
  if (others.length === 0) return only;
  if (names.length > MOST_STEPS) {
    const shown = names.slice(0, MOST_STEPS);
    return `the steps ${shown.join(", ")} and ${names.length - MOST_STEPS} more`;
  }
  return `the steps ${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

function textOf(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
}
