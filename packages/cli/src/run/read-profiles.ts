import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type BundleMaps, isBundle, mapPlace } from "../errors/stack.js";

/** A function and the time that was spent in itself, over all threads. */
export interface HotFunction {
  /** Its name, or `(anonymous)`; of V8's own work its name in parentheses. */
  readonly name: string;
  /** A path, or a name such as `node:fs`; empty for V8's own work. */
  readonly file: string;
  /** Of its beginning; 0 where there is no file. */
  readonly line: number;
  readonly selfMs: number;
  /** Of the time in which a thread was not idle. */
  readonly share: number;
}

interface Node {
  readonly id: number;
  callFrame: CallFrame;
  /** Samples by line; those of a bundle mean nothing in the source. */
  positionTicks?: unknown;
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  /** From 0; -1 where there is none. */
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** What V8 writes (`Profiler.Profile` of the DevTools protocol). */
interface Profile {
  readonly nodes: readonly Node[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

const IDLE = "(idle)";
/** V8 takes samples of what no function does, too. */
const NOT_A_FUNCTION = new Set(["(root)", IDLE]);

/**
 * Reads the CPU profiles of a run, and says in the files themselves where functions of the pipeline
 * stand in its sources. Returns functions by the time that they took, the longest first.
 */
export function readProfiles(files: readonly string[]): HotFunction[] {
  const maps: BundleMaps = new Map();
  const found = new Map<string, { name: string; file: string; line: number; micros: number }>();
  let total = 0;
  for (const file of files) {
    const profile = JSON.parse(readFileSync(file, "utf8")) as Profile;
    for (const node of profile.nodes) toSource(node, maps);
    writeFileSync(file, JSON.stringify(profile));
    for (const [node, micros] of selfTimes(profile)) {
      const { functionName, url, lineNumber } = node.callFrame;
      if (NOT_A_FUNCTION.has(functionName)) continue;
      total += micros;
      const name = functionName === "" ? "(anonymous)" : functionName;
      const id = `${name} ${url}:${lineNumber}`;
      const present = found.get(id) ?? { name, file: pathOf(url), line: lineNumber + 1, micros: 0 };
      present.micros += micros;
      found.set(id, present);
    }
  }
  return [...found.values()]
    .sort((a, b) => b.micros - a.micros)
    .map(({ micros, ...place }) => ({
      ...place,
      selfMs: micros / 1000,
      share: total === 0 ? 0 : micros / total,
    }));
}

function toSource(node: Node, maps: BundleMaps): void {
  const { functionName, url, lineNumber, columnNumber } = node.callFrame;
  const file = pathOf(url);
  if (!isBundle(file)) return;
  const at = mapPlace({ file, line: lineNumber + 1, column: columnNumber + 1 }, maps);
  if (at === undefined) return;
  node.callFrame = {
    ...node.callFrame,
    functionName,
    url: pathToFileURL(at.file).href,
    lineNumber: at.line - 1,
    columnNumber: at.column - 1,
  };
  delete node.positionTicks;
}

function selfTimes({ nodes, samples, timeDeltas }: Profile): Map<Node, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const times = new Map<Node, number>();
  for (const [i, id] of samples.entries()) {
    const node = byId.get(id);
    // A sample stands for the time until the next one.
    if (node !== undefined) times.set(node, (times.get(node) ?? 0) + (timeDeltas[i + 1] ?? 0));
  }
  return times;
}

function pathOf(url: string): string {
  return url.startsWith("file:") ? fileURLToPath(url) : url;
}
