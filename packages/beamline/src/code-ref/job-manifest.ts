import { BeamlineError } from "../model/errors.js";
import type { Fingerprint } from "./fingerprint.js";

/** Where a worker finds a job's files, as their staged names. */
export const stagedNames = {
  /** The user's bundle: an ES module that imports on its own. */
  bundle: "beamline/pipeline.mjs",
  manifest: "beamline/job.json",
  /** Native addons, which no bundle can hold, lie below. */
  addons: "beamline/node_modules/",
} as const;

/** What a worker needs to know of a job besides the bundle: `beamline/job.json`. */
export interface JobManifest {
  /** Of the manifest's form. */
  readonly version: 1;
  /** Version of Beamline that submitted the job. */
  readonly beamline: string;
  /** File name of the bundle, relative to the manifest. */
  readonly module: string;
  readonly exportName: string;
  /** Options as they were given to `toGraph`, before the schema parsed them. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly fingerprint: Fingerprint;
}

export function writeJobManifest(manifest: JobManifest): string {
  return `${JSON.stringify(manifest)}\n`;
}

/** Reads what {@link writeJobManifest} wrote; `BAD_MANIFEST` when it is anything else. */
export function readJobManifest(text: string): JobManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw badManifest("it is not JSON", cause);
  }
  if (!isRecord(value)) throw badManifest("it is not an object");
  const { version, beamline, module, exportName, options, fingerprint } = value;
  if (version !== 1) throw badManifest(`its version is ${JSON.stringify(version)}, not 1`);
  if (typeof beamline !== "string") throw badManifest("it has no beamline version");
  if (typeof module !== "string" || module === "") throw badManifest("it names no module");
  if (typeof exportName !== "string") throw badManifest("it names no export");
  if (!isRecord(options)) throw badManifest("it has no options");
  if (!isFingerprint(fingerprint)) throw badManifest("it has no fingerprint");
  return { version, beamline, module, exportName, options, fingerprint };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isFingerprint(value: unknown): value is Fingerprint {
  return isRecord(value) && Object.values(value).every((hash) => typeof hash === "string");
}

function badManifest(state: string, cause?: unknown): BeamlineError {
  return new BeamlineError(
    "BAD_MANIFEST",
    `Cannot read the job's manifest: ${state}; submit and run the job with the same version of Beamline`,
    { cause },
  );
}
