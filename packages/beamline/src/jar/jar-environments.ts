import { fromBinary, fromJsonString } from "@bufbuild/protobuf";
import { BeamlineError } from "../model/errors.js";
import {
  ArtifactFilePayloadSchema,
  type ArtifactInformation,
  ArtifactStagingToRolePayloadSchema,
} from "../proto/gen/pipeline/artifacts_pb.js";
import {
  DockerPayloadSchema,
  type Environment,
  ExternalPayloadSchema,
  ProcessPayloadSchema,
} from "../proto/gen/pipeline/environment_pb.js";
import { PipelineSchema } from "../proto/gen/pipeline/pipeline_pb.js";
import {
  artifactRoleUrns,
  artifactTypeUrns,
  environmentUrns,
  unlistedUrns,
} from "../proto/urns.js";

/** How a jar's pipeline starts the workers of one of its SDKs. */
export interface JarEnvironment {
  readonly id: string;
  readonly urn: string;
  /** The command of a process, the image of a container, or the address of a worker pool. */
  readonly target: string | undefined;
  /** The SDK and its version, as the environment's capabilities name them. */
  readonly sdk: string | undefined;
  readonly dependencies: readonly JarDependency[];
}

export interface JarDependency {
  /** The file's name in the worker's staging folder. */
  readonly stagedName: string | undefined;
  /** Where the runner finds it, if it is a file: `classpath://` for one in the jar. */
  readonly path: string | undefined;
}

/** The environments of a pipeline in proto3 JSON. */
export function environmentsOf(pipelineJson: string): JarEnvironment[] {
  try {
    const pipeline = fromJsonString(PipelineSchema, pipelineJson, { ignoreUnknownFields: true });
    return Object.entries(pipeline.components?.environments ?? {}).map(([id, environment]) => ({
      id,
      urn: environment.urn,
      target: targetOf(environment),
      sdk: sdkOf(environment),
      dependencies: environment.dependencies.map(dependencyOf),
    }));
  } catch (cause) {
    throw new BeamlineError(
      "INVALID_PIPELINE",
      `Cannot read the jar's pipeline: ${cause instanceof Error ? cause.message : String(cause)}; ` +
        "make the jar anew",
      { cause },
    );
  }
}

function targetOf({ urn, payload }: Environment): string | undefined {
  switch (urn) {
    case environmentUrns.process:
      return fromBinary(ProcessPayloadSchema, payload).command;
    case environmentUrns.docker:
      return fromBinary(DockerPayloadSchema, payload).containerImage;
    case environmentUrns.external:
      return fromBinary(ExternalPayloadSchema, payload).endpoint?.url;
    default:
      return undefined;
  }
}

function sdkOf({ capabilities }: Environment): string | undefined {
  const prefix = unlistedUrns.sdkBaseVersionPrefix;
  return capabilities.find((capability) => capability.startsWith(prefix))?.slice(prefix.length);
}

function dependencyOf(artifact: ArtifactInformation): JarDependency {
  const { typeUrn, typePayload, roleUrn, rolePayload } = artifact;
  return {
    stagedName:
      roleUrn === artifactRoleUrns.stagingTo
        ? fromBinary(ArtifactStagingToRolePayloadSchema, rolePayload).stagedName
        : undefined,
    path:
      typeUrn === artifactTypeUrns.file
        ? fromBinary(ArtifactFilePayloadSchema, typePayload).path
        : undefined,
  };
}
