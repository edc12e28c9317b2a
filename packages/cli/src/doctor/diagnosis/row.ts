import type { DiagnosisContext, Fact } from "./fact.js";

/** What a fact must be like; whatever is not said here may be anything. */
export interface Sign {
  readonly from?: readonly Fact["from"][];
  readonly role?: Fact["role"];
  readonly reason?: RegExp;
  readonly exitCode?: number;
  readonly text?: RegExp;
}

/** A fact that bears a sign. */
export interface Match {
  readonly fact: Fact;
  /** What the groups of the sign's `text` caught. */
  readonly groups: readonly (string | undefined)[];
  /** The line of the fact that bears it. */
  readonly line: string;
}

/** One known failure. */
export interface DiagnosisRow {
  /** Stable, for programs. */
  readonly id: string;
  /** Any of them will do. */
  readonly signs: readonly Sign[];
  /**
   * What it means for an application that has not ended: `ends`: it will never get further;
   * `stuck`: it may, if somebody acts on the cluster; `passes`: it may well mend itself.
   */
  readonly outlook: "ends" | "stuck" | "passes";
  /** Whether it says little beside any other: that something ended, but not why. */
  readonly generic?: true;
  /** Failures that follow from this one, and need not be told beside it. */
  readonly explains?: readonly string[];
  readonly cause: (match: Match, context: DiagnosisContext) => string;
  /** Commands and settings that mend it, the likeliest first. */
  readonly mend: (match: Match, context: DiagnosisContext) => readonly string[];
}

/** The first fact with one of the row's signs. */
export function matchOf({ signs }: DiagnosisRow, facts: readonly Fact[]): Match | undefined {
  for (const sign of signs) {
    for (const fact of facts) {
      const found = bears(sign, fact);
      if (found !== undefined) return { fact, ...found };
    }
  }
  return undefined;
}

function bears(sign: Sign, fact: Fact): Omit<Match, "fact"> | undefined {
  const { from, role, reason, exitCode, text } = sign;
  if (from !== undefined && !from.includes(fact.from)) return undefined;
  if (role !== undefined && role !== fact.role) return undefined;
  if (exitCode !== undefined && exitCode !== fact.exitCode) return undefined;
  if (reason !== undefined && !reason.test(fact.reason ?? "")) return undefined;
  if (text === undefined) return { groups: [], line: fact.text };
  const found = text.exec(fact.text);
  if (found === null) return undefined;
  const start = fact.text.lastIndexOf("\n", found.index) + 1;
  const end = fact.text.indexOf("\n", found.index);
  return { groups: found.slice(1), line: fact.text.slice(start, end < 0 ? undefined : end) };
}
