/**
 * @typedef {import("./analyze.mjs").JobResult} JobResult
 * @typedef {import("./analyze.mjs").ContenderResult} ContenderResult
 * @typedef {import("./stats.mjs").Summary} Summary
 */

/**
 * The results of a job as text: title, table, outputs and targets. As Markdown it can be pasted
 * into a README; otherwise its columns line up on a terminal.
 *
 * @param {JobResult} result
 * @param {{ markdown: boolean }} options
 * @returns {string}
 */
export function renderResult(result, { markdown }) {
  const rows = tableOf(result);
  const title = markdown ? `**${result.title}**` : result.title;
  const table = markdown ? markdownTable(rows) : plainTable(rows);
  const bullet = markdown ? "- " : "  ";
  const lines = [outputLine(result), ...result.targets.map(targetLine)];
  return [title, "", table, "", ...lines.map((line) => `${bullet}${line}`), ""].join("\n");
}

/** @param {import("./machine.mjs").Machine} machine */
export function renderMachine({ cpu, cores, memoryBytes, system, node, load }) {
  const memory = `${Math.round(memoryBytes / 2 ** 30)} GiB`;
  return `${cpu}, ${cores} cores, ${memory}, ${system}, Node ${node}, load ${load.toFixed(1)} at the start`;
}

/**
 * @param {JobResult} result
 * @returns {string[][]} the header first
 */
function tableOf({ contenders, reference }) {
  const rated = contenders.some(({ rate }) => rate !== undefined);
  const header = ["", "rounds", "wall s", "CPU s", "peak MB", "x loop", "x loop, CPU"];
  if (rated) header.push("M elements/s per core");
  const rows = contenders.map((contender) => {
    const row = [contender.label, ...figuresOf(contender, contender.id === reference)];
    if (rated) row.push(spread(contender.rate, 1, 1e6));
    return row;
  });
  return [header, ...rows];
}

/**
 * @param {ContenderResult} contender
 * @param {boolean} isReference
 */
function figuresOf(contender, isReference) {
  const { samples, wallSeconds, cpuSeconds, peakRssBytes, ratio, cpuRatio, failure } = contender;
  return [
    failure === undefined ? String(samples.length) : `${samples.length}, then failed`,
    spread(wallSeconds, 2),
    spread(cpuSeconds, 2),
    peakRssBytes === undefined ? "-" : megabytes(peakRssBytes),
    isReference ? "1" : spread(ratio, 2),
    isReference ? "1" : spread(cpuRatio, 2),
  ];
}

/**
 * Median, and least and most in brackets.
 *
 * @param {Summary | undefined} summary
 * @param {number} digits
 * @param {number} [unit]
 */
function spread(summary, digits, unit = 1) {
  if (summary === undefined || Number.isNaN(summary.median)) return "-";
  const [median, min, max] = [summary.median, summary.min, summary.max].map((value) =>
    (value / unit).toFixed(digits),
  );
  return summary.count === 1 ? `${median}` : `${median} (${min} - ${max})`;
}

/** @param {Summary} peak */
function megabytes({ max }) {
  return Number.isNaN(max) ? "-" : String(Math.ceil(max / 1e6));
}

/** @param {JobResult} result */
function outputLine({ outputs }) {
  return outputs.equal
    ? `outputs are equal (${outputs.lines} line${outputs.lines === 1 ? "" : "s"})`
    : `OUTPUTS DIFFER from the reference's: ${outputs.differing.join("; ")}`;
}

/** @param {import("./targets.mjs").Verdict} verdict */
function targetLine({ text, met, measured }) {
  const state = met === undefined ? "unknown" : met ? "met" : "MISSED";
  return `${state}: ${text} (${measured})`;
}

/** @param {string[][]} rows */
function markdownTable([header = [], ...rows]) {
  const rule = header.map((_, column) => (column === 0 ? "---" : "---:"));
  return [header, rule, ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** @param {string[][]} rows */
function plainTable(rows) {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return column === 0 ? cell.padEnd(width) : cell.padStart(width);
        })
        .join("  "),
    )
    .join("\n");
}
