import { BeamlineError } from "../model/errors.js";
import { functionSpec, unpackSpec } from "../proto/function-spec.js";
import {
  ArtifactFilePayloadSchema,
  ArtifactStagingToRolePayloadSchema,
} from "../proto/gen/pipeline/artifacts_pb.js";
import {
  DockerPayloadSchema,
  ExternalPayloadSchema,
  ProcessPayloadSchema,
} from "../proto/gen/pipeline/environment_pb.js";
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

/** The environments of a pipeline in proto3 JSON; what else is in it does not matter. */
export function environmentsOf(pipelineJson: string): JarEnvironment[] {
  try {
    const pipeline: unknown = JSON.parse(pipelineJson);
    const environments = field(field(pipeline, "components"), "environments");
    return Object.entries(environments ?? {}).map(([id, environment]) =>
      environmentFrom(id, environment),
    );
  } catch (cause) {
    throw new BeamlineError(
      "INVALID_PIPELINE",
      `Cannot read the jar's pipeline: ${cause instanceof Error ? cause.message : String(cause)}; ` +
        "make the jar anew",
      { cause },
    );
  }
}

function environmentFrom(id: string, environment: unknown): JarEnvironment {
  const urn = textField(environment, "urn");
  const prefix = unlistedUrns.sdkBaseVersionPrefix;
  const sdk = listField(environment, "capabilities").find(
    (capability) => typeof capability === "string" && capability.startsWith(prefix),
  );
  return {
    id,
    urn,
    target: targetOf(urn, textField(environment, "payload")),
    sdk: typeof sdk === "string" ? sdk.slice(prefix.length) : undefined,
    dependencies: listField(environment, "dependencies").map(dependencyFrom),
  };
}

function targetOf(urn: string, payload: string): string | undefined {
  const spec = functionSpec(urn, Buffer.from(payload, "base64"));
  switch (urn) {
    case environmentUrns.process:
      return unpackSpec(spec, ProcessPayloadSchema).command;
    case environmentUrns.docker:
      return unpackSpec(spec, DockerPayloadSchema).containerImage;
    case environmentUrns.external:
      return unpackSpec(spec, ExternalPayloadSchema).endpoint?.url;
    default:
      return undefined;
  }
}

function dependencyFrom(artifact: unknown): JarDependency {
  const spec = (part: "type" | "role") =>
    functionSpec(
      textField(artifact, `${part}Urn`),
      Buffer.from(textField(artifact, `${part}Payload`), "base64"),
    );
  const [type, role] = [spec("type"), spec("role")];
  return {
    stagedName:
      role.urn === artifactRoleUrns.stagingTo
        ? unpackSpec(role, ArtifactStagingToRolePayloadSchema).stagedName
        : undefined,
    path:
      type.urn === artifactTypeUrns.file
        ? unpackSpec(type, ArtifactFilePayloadSchema).path
        : undefined,
  };
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

/** Proto3 JSON leaves out what is empty. */
function textField(value: unknown, name: string): string {
  const text = field(value, name);
  return typeof text === "string" ? text : "";
}

function listField(value: unknown, name: string): readonly unknown[] {
  const list = field(value, name);
  return Array.isArray(list) ? list : [];
}
