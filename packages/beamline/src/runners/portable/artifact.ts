import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { create, toBinary } from "@bufbuild/protobuf";
import { BeamlineError } from "../../model/errors.js";
import {
  ArtifactFilePayloadSchema,
  type ArtifactInformation,
  ArtifactInformationSchema,
  ArtifactStagingToRolePayloadSchema,
} from "../../proto/gen/pipeline/artifacts_pb.js";
import { artifactRoleUrns, artifactTypeUrns } from "../../proto/urns.js";

/** A file that workers find under `stagedName` in their staging directory. */
export type Artifact = {
  /** Slash-separated and relative. */
  readonly stagedName: string;
} & ({ readonly path: string } | { readonly bytes: Uint8Array });

/** An artifact as the job's environment names it, with a way to its bytes. */
export interface OfferedArtifact {
  readonly artifact: Artifact;
  readonly information: ArtifactInformation;
  /** The path in the type payload: what the server asks for. */
  readonly path: string;
}

const CHUNK_BYTES = 1 << 20;

/**
 * Describes artifacts for the pipeline's environment; reads each once, for its hash.
 *
 * @param pathOf - The path under which the runner asks for one. Default: the file's own.
 */
export async function offerArtifacts(
  artifacts: readonly Artifact[],
  pathOf: (artifact: Artifact) => string = ownPath,
): Promise<OfferedArtifact[]> {
  const offered: OfferedArtifact[] = [];
  for (const artifact of artifacts) {
    const hash = createHash("sha256");
    for await (const chunk of chunksOf(artifact)) hash.update(chunk);
    const path = pathOf(artifact);
    const sha256 = hash.digest("hex");
    offered.push({ artifact, path, information: informationOf(artifact, path, sha256) });
  }
  return offered;
}

function ownPath(artifact: Artifact): string {
  return "path" in artifact ? resolve(artifact.path) : artifact.stagedName;
}

function informationOf(
  { stagedName }: Artifact,
  path: string,
  sha256: string,
): ArtifactInformation {
  const file = create(ArtifactFilePayloadSchema, { path, sha256 });
  const role = create(ArtifactStagingToRolePayloadSchema, { stagedName });
  return create(ArtifactInformationSchema, {
    typeUrn: artifactTypeUrns.file,
    typePayload: toBinary(ArtifactFilePayloadSchema, file),
    roleUrn: artifactRoleUrns.stagingTo,
    rolePayload: toBinary(ArtifactStagingToRolePayloadSchema, role),
  });
}

/** The bytes of an artifact, at most 1 MiB at a time. */
export async function* chunksOf(artifact: Artifact): AsyncIterable<Uint8Array> {
  if ("bytes" in artifact) {
    for (let at = 0; at < artifact.bytes.length; at += CHUNK_BYTES) {
      yield artifact.bytes.subarray(at, at + CHUNK_BYTES);
    }
    return;
  }
  try {
    for await (const chunk of createReadStream(artifact.path, { highWaterMark: CHUNK_BYTES })) {
      yield chunk as Buffer;
    }
  } catch (cause) {
    throw new BeamlineError(
      "ARTIFACT_UNREADABLE",
      `Cannot stage "${artifact.stagedName}": ${artifact.path} can't be read (${cause instanceof Error ? cause.message : String(cause)}); build the bundle again`,
      { cause },
    );
  }
}
