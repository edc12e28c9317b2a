const MOST_CAUSES = 5;
const MOST_CHARACTERS = 600;

/** How Maven's help, and not the cause, begins. */
const HELP = /^(To see the full|Re-run Maven|For more information|\[Help \d+\]|After correcting)/;

const NEXT: readonly (readonly [cause: RegExp, next: string])[] = [
  [/No space left|not enough space/i, "free some disk space, then run this again"],
  [
    /Could not (transfer|resolve|find)|UnknownHost|Unknown host|Connect|timed out|handshake/i,
    "check the network and Maven's settings (~/.m2/settings.xml), then run this again",
  ],
];

/** The lines of a failed build that say why, without Maven's frame and repetitions. */
export function mavenCauses(output: string): string[] {
  const lines = output.split("\n").map(withoutColors);
  const errors = lines
    .filter((line) => line.startsWith("[ERROR]"))
    .map((line) =>
      line
        .slice("[ERROR]".length)
        .replace(/ -> \[Help \d+\]$/, "")
        .trim(),
    )
    .filter((line) => line !== "" && !HELP.test(line));
  // A build that did not even begin has only what the JVM or the script said.
  const causes = errors.length > 0 ? errors : lines.filter((line) => line.trim() !== "").slice(-3);
  return [...new Set(causes)].slice(0, MOST_CAUSES).map(shortened);
}

/** What to do about it. */
export function mavenNext(causes: readonly string[], log: string): string {
  const text = causes.join("\n");
  return NEXT.find(([cause]) => cause.test(text))?.[1] ?? `see ${log}`;
}

/** What Maven's line about a finished download tells: its size in bytes. */
export function downloadedBytes(line: string): number | undefined {
  const [, size, unit] =
    /^(?:\[INFO\] )?Downloaded from .*\((\d+(?:\.\d+)?) ([kMG]?)B at /.exec(line) ?? [];
  if (size === undefined) return undefined;
  const factor = { "": 1, k: 1e3, M: 1e6, G: 1e9 }[unit ?? ""] ?? 1;
  return Math.round(Number(size) * factor);
}

function withoutColors(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is how a colour begins
  return line.replace(/\u001b\[[\d;]*m/g, "");
}

function shortened(line: string): string {
  return line.length <= MOST_CHARACTERS ? line : `${line.slice(0, MOST_CHARACTERS)}...`;
}
