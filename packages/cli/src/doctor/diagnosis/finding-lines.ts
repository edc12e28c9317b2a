import type { Style } from "../../terminal/style.js";
import { wrap } from "../../text/wrap.js";
import type { Finding } from "./diagnose.js";
import type { Fact } from "./fact.js";

const MAX_QUOTE = 400;

/** Findings for people: cause, evidence, what to do. */
export function findingLines(
  findings: readonly Finding[],
  { width, style }: { readonly width: number; readonly style: Style },
): string[] {
  return findings.flatMap((finding, index) => [
    ...(index === 0 ? [] : [""]),
    ...wrapped(`${index === 0 ? "Cause" : "Also"}: ${finding.cause}`, width, "").map(style.strong),
    ...wrapped(`${whereOf(finding.evidence)}`, width, "  ").map(style.faint),
    ...wrapped(`"${quote(finding.quote)}"`, width, "    "),
    ...finding.mend.map((line, at) => `  ${at === 0 ? style.good("mend") : "    "}  ${line}`),
  ]);
}

function whereOf({ from, subject, at, reason, exitCode }: Fact): string {
  const facts = [
    reason,
    exitCode === undefined ? undefined : `exit code ${exitCode}`,
    at?.toISOString().replace(/\.\d+Z$/, "Z"),
  ].filter((fact) => fact !== undefined);
  const what = {
    container: "pod",
    condition: "pod",
    log: "log of",
    event: "event of",
    application: "application",
    request: "request",
    watch: "application",
  }[from];
  return [`${what} ${subject}`, ...facts].join(", ");
}

function quote(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > MAX_QUOTE ? `${line.slice(0, MAX_QUOTE - 1)}…` : line;
}

function wrapped(text: string, width: number, indent: string): string[] {
  return wrap(text, width - indent.length).map((line) => indent + line);
}
