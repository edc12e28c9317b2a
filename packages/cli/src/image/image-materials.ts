import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { installedVersion } from "../bundle/library.js";
import { ensureJobServerJar } from "../jvm/job-server-jar.js";
import { shippedProject } from "../jvm/jvm-folders.js";
import { ensureS3aJars } from "../jvm/s3a-jars.js";
import { allOf } from "./all-problems.js";
import { bundledPackages } from "./bundled-packages.js";
import { ensureNode, type FetchOptions } from "./node-files.js";
import { NODE_VERSION } from "./node-release.js";
import type { ThinJar } from "./pipeline-jar.js";
import type { ImageInput } from "./plan-image.js";
import { ensureRuntime } from "./runtime-files.js";

export interface MaterialOptions extends FetchOptions {
  readonly platforms: readonly string[];
  /** Default: the one in the user's cache. */
  readonly jobServerJar?: string | undefined;
  /** Whether the image needs Hadoop's S3 connector. */
  readonly s3a: boolean;
  readonly cwd: string;
}

/** Finds or fetches what images are made of, besides the pipeline; what is missing comes out at once. */
export async function imageMaterials(
  options: MaterialOptions,
): Promise<Pick<ImageInput, "node" | "runtime" | "s3a" | "jobServer">> {
  const { platforms, jobServerJar, cwd, env, signal, onProgress } = options;
  const jvm = {
    env,
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
  const [nodes, runtime, jobServer, s3a] = await allOf("make the image", [
    Promise.all(platforms.map(async (each) => [each, await ensureNode(each, options)] as const)),
    ensureRuntime(options),
    jobServerJar === undefined ? ensureJobServerJar("spark", jvm) : resolve(cwd, jobServerJar),
    options.s3a ? ensureS3aJars(jvm) : undefined,
  ]);
  return {
    node: { version: NODE_VERSION, folders: Object.fromEntries(nodes) },
    runtime: {
      version: installedVersion("beamline"),
      folder: runtime,
      files: await filesIn(runtime),
    },
    s3a: s3a && {
      jars: (await filesIn(s3a.folder)).map((path) => join(s3a.folder, path)),
      hadoopVersion: s3a.hadoopVersion,
      awsVersion: s3a.awsVersion,
    },
    jobServer: { jar: jobServer, beamVersion: shippedProject("spark").property("beam.version") },
  };
}

/** The pipeline's part of an image. */
export function pipelineMaterial(jar: ThinJar): Pick<ImageInput, "pipeline" | "packages"> {
  return {
    pipeline: { name: jar.name, jar: jar.path, codeDigest: jar.codeDigest },
    packages: bundledPackages(jar.sourceMap, jar.root),
  };
}

/** Paths below a folder, but for the record that the cache keeps in it. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name !== "files.json")
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
