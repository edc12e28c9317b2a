import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, normalize, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { fromBinary } from "@bufbuild/protobuf";
import { BeamlineError } from "../../model/errors.js";
import { ArtifactRetrievalService } from "../../proto/gen/job-management/artifact_pb.js";
import {
  ArtifactFilePayloadSchema,
  type ArtifactInformation,
  ArtifactStagingToRolePayloadSchema,
} from "../../proto/gen/pipeline/artifacts_pb.js";
import { artifactRoleUrns, artifactTypeUrns } from "../../proto/urns.js";
import type { Network, Transport } from "../../transport/transport.js";

export interface FetchOptions {
  readonly network: Network;
  /** Address of the runner's artifact service. */
  readonly endpoint: string;
  readonly workerId: string;
  readonly artifacts: readonly ArtifactInformation[];
  /** Folder for the folders of jobs. */
  readonly base: string;
}

/**
 * Fetches a job's files into a folder of their own, under their staged names, and returns the
 * folder. Files whose hashes are known and that are there already are not fetched again.
 */
export async function fetchArtifacts(options: FetchOptions): Promise<string> {
  const { network, endpoint, workerId, artifacts, base } = options;
  const transport = network.connect(endpoint, { metadata: { worker_id: workerId } });
  try {
    const resolve = ArtifactRetrievalService.method.resolveArtifacts;
    const { replacements } = await transport.unary(resolve, {
      artifacts: [...artifacts],
      preferredUrns: [artifactTypeUrns.file],
    });
    const files = replacements.map(fileOf);
    await mkdir(base, { recursive: true });
    const known = folderFor(files, base);
    if (known !== undefined && (await isFolder(known))) return known;
    const fresh = await mkdtemp(join(base, TEMPORARY));
    for (const file of files) await fetchFile(transport, file, fresh);
    return known === undefined ? fresh : await moveTo(fresh, known);
  } finally {
    transport.close();
  }
}

/** Whether the folder is this worker's alone, to be removed by it. */
export function isTemporary(folder: string): boolean {
  return basename(folder).startsWith(TEMPORARY);
}

const TEMPORARY = "job-";

interface StagedFile {
  readonly artifact: ArtifactInformation;
  readonly name: string;
  /** Lower-case hex; undefined when the runner does not say. */
  readonly sha256: string | undefined;
}

function fileOf(artifact: ArtifactInformation, index: number): StagedFile {
  const name =
    artifact.roleUrn === artifactRoleUrns.stagingTo
      ? fromBinary(ArtifactStagingToRolePayloadSchema, artifact.rolePayload).stagedName
      : `artifact-${index}`;
  const path = normalize(name);
  if (isAbsolute(path) || path.startsWith(`..${sep}`) || path === "..") {
    throw new BeamlineError(
      "BAD_ARTIFACT",
      `Cannot fetch the job's files: the name "${name}" lies outside the job's folder; check who submitted the job`,
      { origin: "remote" },
    );
  }
  const { sha256 } =
    artifact.typeUrn === artifactTypeUrns.file
      ? fromBinary(ArtifactFilePayloadSchema, artifact.typePayload)
      : { sha256: "" };
  return { artifact, name: path, sha256: sha256 === "" ? undefined : sha256.toLowerCase() };
}

/** A folder whose name says what is in it, where all hashes are known. */
function folderFor(files: readonly StagedFile[], base: string): string | undefined {
  if (files.some(({ sha256 }) => sha256 === undefined)) return undefined;
  const content = files.map(({ name, sha256 }) => `${name}\0${sha256}`).sort();
  const hash = createHash("sha256").update(content.join("\n")).digest("hex");
  return join(base, hash.slice(0, 32));
}

async function fetchFile(
  transport: Transport,
  { artifact, name, sha256 }: StagedFile,
  folder: string,
): Promise<void> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  const hash = createHash("sha256");
  const get = ArtifactRetrievalService.method.getArtifact;
  const chunks = async function* () {
    for await (const { data } of transport.serverStream(get, { artifact })) {
      hash.update(data);
      yield data;
    }
  };
  await pipeline(chunks, createWriteStream(path));
  const actual = hash.digest("hex");
  if (sha256 !== undefined && sha256 !== actual) {
    throw new BeamlineError(
      "BAD_ARTIFACT",
      `Cannot use the job's file ${name}: its SHA-256 is ${actual}, and ${sha256} was announced; submit the job again`,
      { origin: "remote" },
    );
  }
}

/** Gives a complete folder its name, unless another worker was faster. */
async function moveTo(fresh: string, known: string): Promise<string> {
  try {
    await rename(fresh, known);
  } catch (cause) {
    if (!(await isFolder(known))) throw cause;
    await rm(fresh, { recursive: true, force: true });
  }
  return known;
}

async function isFolder(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isDirectory() === true;
}
