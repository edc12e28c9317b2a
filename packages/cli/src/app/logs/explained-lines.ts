import { decodeErrorReport, type ErrorReport } from "beamline/harness";
import { describeError } from "../../errors/describe-error.js";
import { renderError } from "../../errors/render-error.js";
import { workerError } from "../../remote/driver-failure.js";
import type { Style } from "../../terminal/style.js";
import type { LogLine } from "./log-line.js";

export interface ExplainOptions {
  readonly cwd: string;
  /** Where the pipeline's sources are on this machine. */
  readonly root: string;
  readonly style: Style;
}

/**
 * Shows an error of the user's own code in the words and with the source line that a local run has,
 * where a log has it as one line of JSON. Spark logs the same error for each try; the first one
 * counts.
 */
export class ErrorExplainer {
  private readonly seen = new Set<string>();
  private readonly options: ExplainOptions;

  constructor(options: ExplainOptions) {
    this.options = options;
  }

  /** The lines to show for one of a log. */
  lines({ text }: LogLine): string[] {
    const at = text.indexOf("BEAMLINE-ERROR ");
    const report = at < 0 ? undefined : decodeErrorReport(text);
    if (report === undefined) return [text];
    const before = text.slice(0, at).trimEnd();
    const head = before === "" ? [] : [before];
    const key = JSON.stringify([report.transform, report.element, report.message]);
    if (this.seen.has(key)) return [...head, `  ${firstLine(report)} (as above)`];
    this.seen.add(key);
    const { cwd, root, style } = this.options;
    const description = describeError(workerError(report, root), cwd);
    const shown = renderError(description, { cwd, style, verbose: false });
    return [
      ...head,
      ...shown.filter((line) => !line.includes("--verbose")).map((line) => `  ${line}`),
    ];
  }
}

function firstLine({ transform, reason, message }: ErrorReport): string {
  return transform === undefined || reason === undefined
    ? message
    : `Cannot run "${transform}": ${reason}`;
}
