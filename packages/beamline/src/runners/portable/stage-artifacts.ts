import { fromBinary } from "@bufbuild/protobuf";
import { BeamlineError } from "../../model/errors.js";
import {
  ArtifactStagingService,
  type GetArtifactRequest,
} from "../../proto/gen/job-management/artifact_pb.js";
import { ArtifactFilePayloadSchema } from "../../proto/gen/pipeline/artifacts_pb.js";
import type { Transport } from "../../transport/transport.js";
import { chunksOf, type OfferedArtifact } from "./artifact.js";

export interface StagingOptions {
  /** How long the server may take between two requests. Default: 60,000. */
  readonly idleTimeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Lets a staging service fetch the job's artifacts. It asks and we answer, over a stream that we
 * open; it ends the stream when it has them all. Only what is offered can be fetched.
 */
export async function stageArtifacts(
  transport: Transport,
  stagingToken: string,
  offered: readonly OfferedArtifact[],
  { idleTimeoutMs = 60_000, signal }: StagingOptions = {},
): Promise<void> {
  const stream = transport.stream(
    ArtifactStagingService.method.reverseArtifactRetrievalService,
    signal === undefined ? {} : { signal },
  );
  const idle = new IdleTimer(idleTimeoutMs, () => stream.cancel());
  try {
    await stream.send({ stagingToken });
    idle.start();
    for await (const { request } of stream.messages) {
      idle.stop();
      switch (request.case) {
        case "resolveArtifact": {
          // Files are as good as it gets: whatever is asked for can be fetched.
          const { artifacts } = request.value;
          await stream.send({
            response: { case: "resolveArtifactResponse", value: { replacements: artifacts } },
          });
          break;
        }
        case "getArtifact":
          for await (const data of chunksOf(requireOffered(request.value, offered).artifact)) {
            await stream.send({ response: { case: "getArtifactResponse", value: { data } } });
          }
          // Prism drops the data of the last message, so that one is empty.
          await stream.send({
            isLast: true,
            response: { case: "getArtifactResponse", value: {} },
          });
          break;
        case undefined:
          break;
      }
      idle.start();
    }
    stream.end();
  } catch (cause) {
    stream.cancel();
    if (idle.expired) throw silentStaging(transport.address, idleTimeoutMs, cause);
    throw cause;
  } finally {
    idle.stop();
  }
}

function requireOffered(
  { artifact }: GetArtifactRequest,
  offered: readonly OfferedArtifact[],
): OfferedArtifact {
  const wanted = fromBinary(ArtifactFilePayloadSchema, artifact?.typePayload ?? new Uint8Array());
  const found = offered.find(({ path }) => path === wanted.path);
  if (found !== undefined) return found;
  throw new BeamlineError(
    "UNKNOWN_ARTIFACT",
    `Cannot stage the artifact "${wanted.path}": the job server asked for it, but the job has none of that path; restart the job server`,
    { origin: "remote" },
  );
}

function silentStaging(address: string, idleTimeoutMs: number, cause: unknown): BeamlineError {
  return new BeamlineError(
    "STAGING_TIMEOUT",
    `Cannot stage the job's files at ${address}: the server asked for nothing for ${idleTimeoutMs / 1000} s; see its log`,
    { origin: "remote", cause },
  );
}

class IdleTimer {
  expired = false;
  private readonly timeoutMs: number;
  private readonly onExpired: () => void;
  private timer: NodeJS.Timeout | undefined;

  constructor(timeoutMs: number, onExpired: () => void) {
    this.timeoutMs = timeoutMs;
    this.onExpired = onExpired;
  }

  start(): void {
    this.timer = setTimeout(() => {
      this.expired = true;
      this.onExpired();
    }, this.timeoutMs);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
