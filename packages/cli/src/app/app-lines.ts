import { formatDuration } from "../run/units.js";
import type { Style } from "../terminal/style.js";
import type { AppPod } from "./pods.js";
import { type App, hasEnded } from "./spark-application.js";
import { textTable } from "./text-table.js";

/** How an application stands, in one word or two. */
export function stateWords({ state, deleting, cancelled }: App): string {
  if (deleting) return "being deleted";
  if (cancelled && state !== "COMPLETED")
    return state === "FAILED" ? "cancelled" : "being cancelled";
  switch (state) {
    case "":
      return "new";
    case "SUSPENDED":
      return "cancelled";
    default:
      return state.toLowerCase().replaceAll("_", " ");
  }
}

/** How long it ran, or has been there: undefined where the cluster does not say. */
export function ageOf(app: App, now: number): number | undefined {
  const { created, ended } = app;
  if (created === undefined) return undefined;
  return (hasEnded(app) && ended !== undefined ? ended.getTime() : now) - created.getTime();
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

/** One application with its pods. */
export function showLines(
  app: App,
  pods: readonly AppPod[],
  podWords: (pod: AppPod) => string,
  now: number,
  style: Style,
): string[] {
  const age = ageOf(app, now);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["state", stateWords(app) + (age === undefined ? "" : `, ${formatDuration(age)}`)],
    ["error", app.error?.split("\n", 1)[0]],
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
    ...facts.flatMap(([name, value]) =>
      value === undefined ? [] : [`  ${style.faint(name.padEnd(9))} ${value}`],
    ),
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
