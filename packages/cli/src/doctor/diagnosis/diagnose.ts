import type { DiagnosisContext, Fact } from "./fact.js";
import { type DiagnosisRow, matchOf } from "./row.js";
import { diagnosisRows } from "./rows.js";

/** A known failure, as it was met. */
export interface Finding {
  /** Stable, for programs. */
  readonly id: string;
  readonly cause: string;
  /** What says so. */
  readonly evidence: Fact;
  /** Its words that do. */
  readonly quote: string;
  readonly mend: readonly string[];
  readonly outlook: DiagnosisRow["outlook"];
  /** Whether it says why, and not only that something ended. */
  readonly specific: boolean;
}

/** What the facts mean, the likeliest cause first; consequences of other findings are left out. */
export function diagnose(
  facts: readonly Fact[],
  context: DiagnosisContext,
  rows: readonly DiagnosisRow[] = diagnosisRows,
): Finding[] {
  const met = rows.flatMap((row) => {
    const match = matchOf(row, facts);
    return match === undefined ? [] : [{ row, match }];
  });
  const explained = new Set(met.flatMap(({ row }) => row.explains ?? []));
  const specific = met.filter(({ row }) => row.generic !== true && !explained.has(row.id));
  // Of those that say little, one is enough.
  const told = specific.length > 0 ? specific : met.filter(({ row }) => row.generic).slice(0, 1);
  return told.map(({ row, match }) => ({
    id: row.id,
    cause: row.cause(match, context),
    evidence: match.fact,
    quote: match.line,
    mend: row.mend(match, context),
    outlook: row.outlook,
    specific: row.generic !== true,
  }));
}
