import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { readJobManifest, stagedNames } from "../../code-ref/job-manifest.js";
import { BeamlineError } from "../../model/errors.js";
import type { CodeSource } from "../code-source.js";

/** The code of the job whose files are in `folder`. */
export async function loadJob(folder: string, ownVersion: string): Promise<CodeSource> {
  const manifestPath = join(folder, stagedNames.manifest);
  const text = await readFile(manifestPath, "utf8").catch(() => undefined);
  if (text === undefined) throw missing(stagedNames.manifest);
  const { beamline, module, exportName, options, fingerprint } = readJobManifest(text);
  if (!isCompatible(beamline, ownVersion)) throw otherVersion(beamline, ownVersion);
  const path = join(dirname(manifestPath), module);
  const bundle = await stat(path).catch(() => undefined);
  if (bundle?.isFile() !== true) throw missing(module);
  const code = { url: pathToFileURL(path).href, exportName, options };
  return { kind: "module", code, fingerprint };
}

/** Before 1.0 a minor version may change what travels between job and worker. */
function isCompatible(theirs: string, own: string): boolean {
  const significant = (version: string) => {
    const [major, minor] = version.split(".");
    return major === "0" ? `0.${minor}` : major;
  };
  return significant(theirs) === significant(own);
}

function missing(name: string): BeamlineError {
  return new BeamlineError(
    "MISSING_BUNDLE",
    `Cannot start the worker: the job's file ${name} was not staged; submit the job with Beamline, and keep its environment's dependencies as they are`,
    { origin: "remote" },
  );
}

function otherVersion(theirs: string, own: string): BeamlineError {
  return new BeamlineError(
    "VERSION_MISMATCH",
    `Cannot start the worker: the job was submitted with Beamline ${theirs}, and this worker has ${own}; install the same version on the workers (or in their image)`,
  );
}
