import type { World } from "./world.js";

/** `skipped`: it could not be looked at, and the evidence says why. */
export type Outcome = "ok" | "warn" | "fail" | "skipped";

export interface CheckResult {
  readonly outcome: Outcome;
  /** What was seen. */
  readonly evidence: string;
  /** The command that mends it, or what to do. */
  readonly mend?: string;
}

/** One thing that a deployment needs. */
export interface Check {
  /** Short and stable: for people and programs. */
  readonly id: string;
  /** What is so when it is ok. */
  readonly proves: string;
  run(world: World): Promise<CheckResult>;
}

export interface CheckReport extends CheckResult {
  readonly id: string;
  readonly proves: string;
}

export function ok(evidence: string): CheckResult {
  return { outcome: "ok", evidence };
}

export function skipped(evidence: string): CheckResult {
  return { outcome: "skipped", evidence };
}

export function warn(evidence: string, mend: string): CheckResult {
  return { outcome: "warn", evidence, mend };
}

export function fail(evidence: string, mend: string): CheckResult {
  return { outcome: "fail", evidence, mend };
}

/** A check needs something that another one reports as missing. */
export class NotChecked extends Error {
  override readonly name = "NotChecked";
}
