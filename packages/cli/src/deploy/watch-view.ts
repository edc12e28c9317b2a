import { outermost } from "../app/metrics/outermost.js";
import { executorTime, formatUse, type SparkProgress } from "../app/metrics/spark-progress.js";
import type { AppPod } from "../app/pods.js";
import type { Finding } from "../doctor/diagnosis/diagnose.js";
import { formatShort, formatTicking } from "../run/units.js";
import type { Style } from "../terminal/style.js";
import { countOf } from "../text/names.js";
import { isEnd, type Lifecycle, lifeWords } from "./lifecycle.js";

/** What is known of a deployed application at one moment. */
export interface WatchView {
  readonly name: string;
  readonly namespace: string;
  readonly life: Lifecycle;
  /** Since the watch began. */
  readonly elapsedMs: number;
  /** Milliseconds since 1970, for what Spark dates. */
  readonly now: number;
  readonly pods: readonly AppPod[];
  /** How many executors it asks for. */
  readonly executorsWanted: number | undefined;
  readonly progress: SparkProgress | undefined;
  readonly findings: readonly Finding[];
}

export interface ViewOptions {
  /** Most characters a line. */
  readonly width: number;
  readonly style: Style;
}

const MOST_COUNTERS = 4;
const BAR = 20;

/** The view for a terminal: a handful of lines, each as narrow as `width`. */
export function viewLines(view: WatchView, { width, style }: ViewOptions): string[] {
  const { name, namespace, life, elapsedMs } = view;
  const title = `${name}  ${lifeWords(life)}  ${formatTicking(elapsedMs)}`;
  const counters = counterFacts(view);
  const rows: (readonly [label: string, text: string] | undefined)[] = [
    ["driver", driverWords(view)],
    ["executors", executorWords(view)],
    stageRow(view),
    counters.length === 0 ? undefined : ["counters", counters.join("   ")],
  ];
  const [worst] = view.findings;
  return [
    style.strong(clip(`${title}  (${namespace}/${name})`, width)),
    ...rows.flatMap((row) => (row === undefined ? [] : [labelled(row[0], row[1], width, style)])),
    ...(worst === undefined ? [] : [style.warn(clip(`  trouble    ${worst.cause}`, width))]),
  ];
}

/** The view as one line, for where lines cannot be redrawn. */
export function viewLine(view: WatchView): string {
  const { life, elapsedMs } = view;
  const head = `${view.name}: ${lifeWords(life)}  ${formatTicking(elapsedMs)}`;
  // What Spark told last is from before its end.
  if (isEnd(life)) return head;
  const stage = stageRow(view);
  const facts = [
    head,
    ...(life.kind === "running" || life.kind === "finishing" ? [executorWords(view)] : []),
    ...(stage === undefined ? [] : [`${stage[0]} ${stage[1].replace(/[█░]+ {2}/, "")}`]),
    ...counterFacts(view).slice(0, 2),
  ];
  return facts.join("  ");
}

function driverWords({ pods }: WatchView): string {
  const driver = pods.find(({ role }) => role === "driver");
  if (driver === undefined) return "no pod yet";
  const where = driver.node === undefined ? "" : `  on ${driver.node}`;
  return `${driver.name}  ${podWords(driver)}${where}`;
}

/** What a pod is doing: its phase, or what it waits for. */
export function podWords({ phase, containers, conditions }: AppPod): string {
  const waiting = containers.flatMap(({ state }) => state?.waiting?.reason ?? [])[0];
  const terminated = containers.flatMap(({ state }) => state?.terminated ?? [])[0];
  const unscheduled = conditions.find(
    ({ type, status }) => type === "PodScheduled" && status === "False",
  );
  if (phase === "Failed" && terminated !== undefined) {
    return `failed (${terminated.reason ?? "Error"}, exit code ${terminated.exitCode ?? "unknown"})`;
  }
  if (phase !== "Pending") return phase.toLowerCase();
  return `pending (${waiting ?? unscheduled?.reason ?? "starting"})`;
}

function executorWords({ pods, executorsWanted, progress, now }: WatchView): string {
  const executors = pods.filter(({ role }) => role === "executor");
  const running = executors.filter(({ phase }) => phase === "Running").length;
  const failed = executors.filter(({ phase }) => phase === "Failed").length;
  const wanted = Math.max(executorsWanted ?? 0, running);
  const facts = [`${running} of ${wanted} running`];
  if (failed > 0) facts.push(`${failed} failed`);
  const waiting = executors.find(({ phase }) => phase === "Pending");
  if (waiting !== undefined) facts.push(podWords(waiting));
  const use = usedTime(progress, executors, now);
  if (use !== undefined) {
    const { executorHours, coreHours } = use;
    facts.push(`${formatUse(executorHours, "executor")} (${formatUse(coreHours, "core")})`);
  }
  return facts.join("  ");
}

function usedTime(progress: SparkProgress | undefined, pods: readonly AppPod[], now: number) {
  if (progress !== undefined && progress.executors.length > 0) {
    return executorTime(progress.executors, now);
  }
  const used = pods.flatMap(({ label, started, finished }) =>
    started === undefined
      ? []
      : [
          {
            id: label,
            cores: 0,
            addedAt: started.getTime(),
            removedAt: finished?.getTime(),
            tasksFailed: 0,
          },
        ],
  );
  return used.length === 0 || progress === undefined ? undefined : executorTime(used, now);
}

function stageRow({ progress }: WatchView): readonly [string, string] | undefined {
  const stages = progress?.stages ?? [];
  if (stages.length === 0) return undefined;
  const over = stages.filter(({ state }) => state === "done" || state === "skipped").length;
  const active = stages.filter(({ state }) => state === "running");
  const tasks = active.reduce((sum, stage) => sum + stage.tasks, 0);
  const done = active.reduce((sum, stage) => sum + stage.tasksDone, 0);
  const running = active.reduce((sum, stage) => sum + stage.tasksRunning, 0);
  const failed = stages.reduce((sum, stage) => sum + stage.tasksFailed, 0);
  const label = "stages";
  const facts = [`${over} of ${stages.length} done`];
  if (active.length > 0) {
    facts.push(`${done} of ${countOf(tasks, "task")}, ${running} running`);
    // Of the whole job, as far as its stages are known.
    const share = tasks === 0 ? 0 : (done / tasks) * active.length;
    facts.unshift(barOf((over + share) / stages.length));
  }
  if (failed > 0) facts.push(`${countOf(failed, "failed task")}`);
  return [label, facts.join("  ")];
}

function barOf(share: number): string {
  const full = Math.round(Math.min(1, share) * BAR);
  return "█".repeat(full) + "░".repeat(BAR - full);
}

/** The pipeline's own counters first; without any, how many elements the largest steps made. */
function counterFacts({ progress }: WatchView): string[] {
  const { counters = [], elements = [] } = progress?.metrics ?? {};
  const own = counters.map(({ name, value }) => `${formatShort(value)} ${name}`);
  const made = outermost(elements).map(
    ({ transform, value }) => `${formatShort(value)} ${transform}`,
  );
  return [...own, ...made].slice(0, MOST_COUNTERS);
}

function labelled(label: string, text: string, width: number, style: Style): string {
  const head = `  ${label.padEnd(9)}  `;
  return style.faint(head) + clip(text, Math.max(0, width - head.length));
}

function clip(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text;
}
