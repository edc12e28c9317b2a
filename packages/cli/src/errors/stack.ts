import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { BUNDLE_FILE } from "../bundle/build-bundle.js";
import type { SourcePlace } from "../bundle/bundle-error.js";

/** One line of a stack, in the source that people wrote. */
export interface StackFrame extends SourcePlace {
  /** Absent at the top of a module and in functions without a name. */
  readonly functionName?: string;
  /** Whether it is in a file of the pipeline rather than in a package or in Node. */
  readonly own: boolean;
}

const FRAME = /^\s+at (?:(?:async )?(.*?) \()?((?:file:\/\/|\/|[A-Za-z]:[\\/]).*?):(\d+):(\d+)\)?$/;
const BUNDLE_FRAME = new RegExp(`[\\\\/]${BUNDLE_FILE.replace(".", "\\.")}$`);

/** The frames of an error's stack; those in a bundle are mapped to the sources it was made from. */
export function framesOf(error: Error): StackFrame[] {
  const maps: BundleMaps = new Map();
  const places = (error.stack ?? "").split("\n").flatMap((line) => {
    const match = FRAME.exec(line);
    if (match === null || line.includes("eval at ")) return [];
    const [, name, location = "", row = "1", column = "1"] = match;
    const file = location.startsWith("file:") ? fileURLToPath(location) : location;
    const place = { file, line: Number(row), column: Number(column) };
    const mapped = isBundle(file) ? mapPlace(place, maps) : undefined;
    const functionName = nameOf(name);
    const named = functionName === undefined ? {} : { functionName };
    return [{ at: mapped ?? place, isMapped: mapped !== undefined, named }];
  });
  const inBundle = places.some(({ isMapped }) => isMapped);
  return places.map(({ at, isMapped, named }) => {
    const own = (isMapped || (!inBundle && isSource(at.file))) && !isInstalled(at.file);
    return { ...at, own, ...named };
  });
}

/** Where no frame is in a bundle, Node may have mapped them already, as it does in workers. */
function isSource(file: string): boolean {
  return /\.[cm]?tsx?$/.test(file) && existsSync(file);
}

function isInstalled(file: string): boolean {
  return /[\\/]node_modules[\\/]/.test(file);
}

/** The function's own name: `Object.` and the like say nothing. */
function nameOf(name: string | undefined): string | undefined {
  const short = name?.replace(/^(Object|Module|Function)\./, "").replace(/ \[as .*\]$/, "");
  return short === undefined || short === "" || short === "<anonymous>" ? undefined : short;
}

/** Whether a file is a bundle of a pipeline. */
export function isBundle(file: string): boolean {
  return BUNDLE_FRAME.test(file);
}

/** Maps of bundles, each read once. */
export type BundleMaps = Map<string, BundleMap | undefined>;

interface BundleMap {
  readonly map: SourceMap;
  readonly folder: string;
}

/** A place in a bundle as one in the sources that it was made from. */
export function mapPlace(place: SourcePlace, maps: BundleMaps): SourcePlace | undefined {
  if (!maps.has(place.file)) maps.set(place.file, readMap(place.file));
  const found = maps.get(place.file);
  if (found === undefined) return undefined;
  const entry = found.map.findEntry(place.line - 1, place.column - 1);
  if (!("originalSource" in entry) || entry.originalSource === undefined) return undefined;
  return {
    file: resolve(found.folder, decodeURI(entry.originalSource)),
    line: entry.originalLine + 1,
    column: entry.originalColumn + 1,
  };
}

function readMap(bundle: string): BundleMap | undefined {
  const path = `${bundle}.map`;
  if (!existsSync(path)) return undefined;
  return { map: new SourceMap(JSON.parse(readFileSync(path, "utf8"))), folder: dirname(bundle) };
}
