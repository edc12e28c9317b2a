import { create, toBinary } from "@bufbuild/protobuf";
import type { ArtifactInformation } from "../../proto/gen/pipeline/artifacts_pb.js";
import {
  DockerPayloadSchema,
  type Environment,
  EnvironmentSchema,
  ExternalPayloadSchema,
  ProcessPayloadSchema,
} from "../../proto/gen/pipeline/environment_pb.js";
import { environmentUrns } from "../../proto/urns.js";

/** Where the runner finds workers for the pipeline's code. */
export type PortableEnvironment =
  /** In this process, for as long as the job runs. The runner must be able to reach this machine. */
  | { readonly kind: "loopback" }
  /** A command that the runner starts on each of its machines, and that is installed there. */
  | {
      readonly kind: "process";
      readonly command: string;
      readonly env?: Readonly<Record<string, string>>;
    }
  /** A worker pool that runs already. */
  | {
      readonly kind: "external";
      readonly address: string;
      readonly params?: Readonly<Record<string, string>>;
    }
  /** A container image that the runner starts. */
  | { readonly kind: "docker"; readonly image: string };

export interface EnvironmentParts {
  readonly capabilities: readonly string[];
  readonly dependencies: readonly ArtifactInformation[];
}

/** The environment as the pipeline names it; a loopback one has become the address of its pool. */
export function environmentProto(
  environment: Exclude<PortableEnvironment, { kind: "loopback" }>,
  { capabilities, dependencies }: EnvironmentParts,
): Environment {
  return create(EnvironmentSchema, {
    ...urnAndPayload(environment),
    capabilities: [...capabilities],
    dependencies: [...dependencies],
  });
}

function urnAndPayload(environment: Exclude<PortableEnvironment, { kind: "loopback" }>): {
  readonly urn: string;
  readonly payload: Uint8Array;
} {
  switch (environment.kind) {
    case "process": {
      const { command, env = {} } = environment;
      const payload = create(ProcessPayloadSchema, { command, env: { ...env } });
      return { urn: environmentUrns.process, payload: toBinary(ProcessPayloadSchema, payload) };
    }
    case "external": {
      const { address, params = {} } = environment;
      const endpoint = { url: address };
      const payload = create(ExternalPayloadSchema, { endpoint, params: { ...params } });
      return { urn: environmentUrns.external, payload: toBinary(ExternalPayloadSchema, payload) };
    }
    case "docker": {
      const payload = create(DockerPayloadSchema, { containerImage: environment.image });
      return { urn: environmentUrns.docker, payload: toBinary(DockerPayloadSchema, payload) };
    }
  }
}
