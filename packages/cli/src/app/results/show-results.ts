import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { BeamlineError } from "beamline";
import type { FlagValues } from "../../command/command.js";
import { exitCodes } from "../../command/exit-code.js";
import { UsageError } from "../../command/usage-error.js";
import type { resultsFlags } from "../../commands/app/results-flags.js";
import { formatBytes } from "../../run/units.js";
import type { Cli } from "../../terminal/cli.js";
import type { Style } from "../../terminal/style.js";
import type { Terminal } from "../../terminal/terminal.js";
import { countOf } from "../../text/names.js";
import { stateWords } from "../app-lines.js";
import { type Buckets, openBuckets, recordOf } from "../app-record.js";
import { findApp, openCluster } from "../find-app.js";
import type { SparkApplicationObject } from "../spark-application.js";
import { s3Place } from "../storage.js";
import { configured } from "../with-app.js";
import { CountCheck, LineCheck } from "./expectations.js";
import { findResults } from "./find-results.js";
import { readLines } from "./read-lines.js";
import type { ShardSet } from "./shards.js";

type ResultsFlags = FlagValues<typeof resultsFlags>;

const DEFAULT_LIMIT = 20;
const MOST_DIFFERENCES = 10;

/** Prints and checks what an application has written; returns the exit code. */
export async function showResults(
  name: string | undefined,
  flags: ResultsFlags,
  cli: Cli,
  terminal: Terminal,
): Promise<number> {
  const signal = cli.cancellation();
  const { places, open, state } = await placesOf(name, flags, cli, signal);
  try {
    return await compareResults({ places, open, state, flags, cli, terminal });
  } finally {
    await open.close();
  }
}

interface Comparison {
  readonly places: readonly string[];
  readonly open: Buckets;
  readonly state: string | undefined;
  readonly flags: ResultsFlags;
  readonly cli: Cli;
  readonly terminal: Terminal;
}

async function compareResults(comparison: Comparison): Promise<number> {
  const { places, open, state, flags, cli, terminal } = comparison;
  const sets = await findResults(places, open);
  if (sets.length === 0) {
    throw new BeamlineError(
      "NO_RESULTS",
      `Cannot show results: there are no shards under ${places.join(", ")}${state === undefined ? "" : ` (the application is ${state})`}; name what the pipeline writes: --output s3://bucket/prefix`,
    );
  }

  const { expect = [], expectFile, limit = DEFAULT_LIMIT } = flags;
  const counts = new CountCheck(expect);
  const whole =
    expectFile === undefined ? undefined : new LineCheck(await fileLines(expectFile, cli));
  const kept: string[] = [];
  let total = 0;
  for (const set of sets) {
    for await (const line of readLines(set, open)) {
      total++;
      counts.add(line);
      whole?.add(line);
      if (kept.length >= limit) continue;
      kept.push(line);
      if (!terminal.json) terminal.data(line);
    }
  }

  const checked = counts.result();
  const differences = whole?.result();
  const missing = sets.flatMap((set) => set.missing);
  const ok =
    checked.every((count) => count.ok) &&
    missing.length === 0 &&
    (differences === undefined || differences.missing.length + differences.unexpected.length === 0);
  if (terminal.json) {
    terminal.document({
      ok,
      lines: total,
      results: sets,
      expected: checked,
      differences,
      first: kept,
    });
  } else {
    const { style } = terminal;
    terminal.talk(setLines(sets, total, kept.length, style).join("\n"));
    for (const { key, value, found, ok: right } of checked) {
      terminal.talk(
        right
          ? `  ${style.good("ok")}    ${key}: ${value}`
          : `  ${style.bad("wrong")} ${key}: ${found ?? "not there"}, expected ${value}`,
      );
    }
    if (differences !== undefined) terminal.talk(differenceLines(differences, style).join("\n"));
  }
  if (ok) return exitCodes.done.code;
  terminal.talk(terminal.style.bad("The results are not what they should be."));
  return exitCodes.failed.code;
}

async function placesOf(
  name: string | undefined,
  flags: ResultsFlags,
  cli: Cli,
  signal: AbortSignal,
) {
  const { output = [] } = flags;
  const where = await configured(flags, cli);
  const wrong = output.filter((each) => s3Place(each) === undefined);
  if (wrong.length > 0 || (name === undefined && output.length === 0)) {
    const problems = wrong.map((each) => ({
      subject: `--output ${each}`,
      message: "not s3://BUCKET/PREFIX",
    }));
    const none = { subject: "APP", message: "missing: the application, or --output" };
    throw new UsageError(
      "show results",
      wrong.length > 0 ? problems : [none],
      "beamline app results --help",
    );
  }
  let object: SparkApplicationObject | undefined;
  let state: string | undefined;
  let places: readonly string[] = output;
  let open = openBuckets(where, cli, undefined, signal);
  if (name !== undefined) {
    const client = await openCluster(where, cli);
    try {
      const found = await findApp(client, name, signal);
      ({ object } = found);
      state = stateWords(found.app);
      open = openBuckets(where, cli, object, signal);
      if (output.length === 0) {
        const record = await recordOf(found.app, open);
        if (record === undefined) {
          throw new BeamlineError(
            "NO_RECORD",
            `Cannot tell what ${name} writes: it has no record of its deploy; name it: --output s3://bucket/prefix`,
          );
        }
        places = Object.values(record.places);
      }
    } finally {
      client.close();
    }
  }
  return { places, open, state };
}

async function fileLines(file: string, { cwd }: Cli): Promise<string[]> {
  const path = resolve(cwd, file);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError("compare results", [{ subject: `--expect-file ${file}`, message }]);
  }
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function setLines(sets: readonly ShardSet[], total: number, shown: number, style: Style): string[] {
  return sets.map(({ prefix, suffix, total: shards, shards: there, missing }, index) => {
    const size = formatBytes(there.reduce((sum, shard) => sum + shard.size, 0));
    const lines =
      index === 0 ? `, ${countOf(total, "line")}${shown < total ? `, ${shown} shown` : ""}` : "";
    const gaps = missing.length === 0 ? "" : style.bad(`, ${missing.length} of ${shards} missing`);
    return `${style.strong(`${prefix}-*${suffix}`)}: ${countOf(there.length, "shard")}, ${size}${lines}${gaps}`;
  });
}

function differenceLines(
  {
    missing,
    unexpected,
  }: { readonly missing: readonly string[]; readonly unexpected: readonly string[] },
  style: Style,
): string[] {
  if (missing.length + unexpected.length === 0)
    return [`  ${style.good("ok")}    every line as expected`];
  const some = (lines: readonly string[], mark: string) => [
    ...lines.slice(0, MOST_DIFFERENCES).map((line) => `  ${style.bad(mark)} ${line}`),
    ...(lines.length > MOST_DIFFERENCES
      ? [`  ${mark} and ${lines.length - MOST_DIFFERENCES} more`]
      : []),
  ];
  return [...some(missing, "missing"), ...some(unexpected, "not expected")];
}
