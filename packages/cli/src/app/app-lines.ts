import { formatDuration } from "../run/units.js";
import type { Style } from "../terminal/style.js";
import type { AppPod } from "./pods.js";
import type { Schedule } from "./schedule.js";
import { type App, hasEnded } from "./spark-application.js";
import { textTable } from "./text-table.js";

/** How an application stands, in one word or two. */
export function stateWords({ state, deleting, cancelled, schedule }: App): string {
  if (deleting) return "being deleted";
  if (cancelled && state !== "COMPLETED")
    return state === "FAILED" ? "cancelled" : "being cancelled";
  switch (state) {
    case "":
      return "new";
    case "SCHEDULED":
      return schedule === undefined ? "scheduled" : scheduleWords(schedule);
    case "SUSPENDED":
      return "cancelled";
    default:
      return state.toLowerCase().replaceAll("_", " ");
  }
}

function scheduleWords({ cron, suspended, nextRun, problem }: Schedule): string {
  if (problem !== undefined) return `not accepted (${cron})`;
  if (suspended) return `suspended (${cron})`;
  const next = nextRun === undefined ? "" : `, next ${timeWords(nextRun)}`;
  return `scheduled (${cron})${next}`;
}

/** How long it ran, or has been there: undefined where the cluster does not say. */
export function ageOf(app: App, now: number): number | undefined {
  const { created, ended, schedule } = app;
  // What it has is runs.
  if (schedule !== undefined) return undefined;
  const until = hasEnded(app) ? ended?.getTime() : now;
  return created === undefined || until === undefined ? undefined : until - created.getTime();
}

/** Applications, one a line. */
export function listLines(apps: readonly App[], now: number, style: Style): string[] {
  const severalNamespaces = new Set(apps.map(({ namespace }) => namespace)).size > 1;
  return textTable(
    ["name", ...(severalNamespaces ? ["namespace"] : []), "pipeline", "state", "took", "created"],
    apps.map((app) => {
      const age = ageOf(app, now);
      return [
        app.name,
        ...(severalNamespaces ? [app.namespace] : []),
        app.pipeline ?? "-",
        stateWords(app),
        age === undefined ? "-" : formatDuration(age),
        app.created === undefined ? "-" : timeWords(app.created),
      ];
    }),
    style,
  );
}

/** A schedule with its runs. */
export function scheduleLines(
  app: App,
  { timeZone, lastRun, lastRunName, problem }: Schedule,
  runs: readonly App[],
  now: number,
  style: Style,
): string[] {
  return [
    style.strong(`${app.namespace}/${app.name}`),
    ...factLines(
      [
        ["state", stateWords(app)],
        ["problem", problem],
        ["time zone", timeZone],
        ["last run", lastRun && `${timeWords(lastRun)}  ${lastRunName ?? ""}`],
        ["pipeline", app.pipeline],
        ["code", app.code],
        ["image", app.image],
        ["created", app.created && timeWords(app.created)],
        ["record", app.record],
      ],
      style,
    ),
    "",
    ...(runs.length === 0
      ? ["  It has not run yet."]
      : listLines(runs, now, style).map((line) => `  ${line}`)),
  ];
}

type Facts = readonly (readonly [name: string, value: string | undefined])[];

function factLines(facts: Facts, style: Style): string[] {
  return facts.flatMap(([name, value]) =>
    value === undefined ? [] : [`  ${style.faint(name.padEnd(9))} ${value}`],
  );
}

/** One application with its pods. */
export function showLines(
  app: App,
  pods: readonly AppPod[],
  podWords: (pod: AppPod) => string,
  now: number,
  style: Style,
): string[] {
  const age = ageOf(app, now);
  const facts: Facts = [
    ["state", stateWords(app) + (age === undefined ? "" : `, ${formatDuration(age)}`)],
    ["error", app.error?.split("\n", 1)[0]],
    ["run of", app.scheduledBy],
    ["pipeline", app.pipeline],
    ["code", app.code],
    ["image", app.image],
    ["spark id", app.sparkId],
    ["attempts", app.attempts > 1 ? String(app.attempts) : undefined],
    ["created", app.created === undefined ? undefined : timeWords(app.created)],
    ["ended", app.ended === undefined ? undefined : timeWords(app.ended)],
    ["record", app.record],
  ];
  return [
    style.strong(`${app.namespace}/${app.name}`),
    ...factLines(facts, style),
    ...(pods.length === 0
      ? ["", "  It has no pods (any more)."]
      : [
          "",
          ...textTable(
            ["pod", "as", "state", "node"],
            pods.map((pod) => [pod.name, pod.label, podWords(pod), pod.node ?? "-"]),
            style,
          ).map((line) => `  ${line}`),
        ]),
  ];
}

/** `2026-11-22 22:31:10Z`. */
function timeWords(date: Date): string {
  return date
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, "Z");
}
