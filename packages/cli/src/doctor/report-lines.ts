import type { Style } from "../terminal/style.js";
import { countOf } from "../text/names.js";
import { wrap } from "../text/wrap.js";
import type { Check, CheckReport, Outcome } from "./check.js";

const MARKS: Readonly<Record<Outcome, string>> = {
  ok: "ok",
  warn: "warn",
  fail: "FAIL",
  skipped: "-",
};

/** Reports for people: outcome, check, evidence, and what mends it. */
export function reportLines(
  reports: readonly CheckReport[],
  width: number,
  style: Style,
): string[] {
  const longest = Math.max(...reports.map(({ id }) => id.length));
  const indent = " ".repeat(longest + 8);
  return reports.flatMap(({ id, outcome, evidence, mend }) => {
    const mark = paint(style, outcome)(MARKS[outcome].padEnd(4));
    const [first = "", ...rest] = wrap(evidence, Math.max(40, width - indent.length));
    return [
      `${mark}  ${id.padEnd(longest)}  ${outcome === "skipped" ? style.faint(first) : first}`,
      ...rest.map((line) => indent + (outcome === "skipped" ? style.faint(line) : line)),
      // In one line, so that it can be copied.
      ...(mend === undefined ? [] : [`${indent}${style.accent("mend:")} ${mend}`]),
    ];
  });
}

function paint(style: Style, outcome: Outcome) {
  return { ok: style.good, warn: style.warn, fail: style.bad, skipped: style.faint }[outcome];
}

export function summaryLine(reports: readonly CheckReport[], style: Style): string {
  const count = (outcome: Outcome) => reports.filter((each) => each.outcome === outcome).length;
  const [fails, warnings, skips] = [count("fail"), count("warn"), count("skipped")];
  const rest = [
    ...(warnings === 0 ? [] : [countOf(warnings, "warning")]),
    ...(skips === 0 ? [] : [`${skips} not checked`]),
  ];
  const tail = rest.length === 0 ? "" : ` (${rest.join(", ")})`;
  if (fails > 0) return style.bad(`${fails} of ${countOf(reports.length, "check")} failed${tail}`);
  return style.good(`Nothing stands in the way of a deploy${tail}`);
}

/** What each check proves. */
export function listLines(checks: readonly Check[], width: number, style: Style): string[] {
  const longest = Math.max(...checks.map(({ id }) => id.length));
  return checks.flatMap(({ id, proves }) => {
    const [first = "", ...rest] = wrap(proves, Math.max(40, width - longest - 2));
    return [
      `${style.accent(id.padEnd(longest))}  ${first}`,
      ...rest.map((line) => " ".repeat(longest + 2) + line),
    ];
  });
}
