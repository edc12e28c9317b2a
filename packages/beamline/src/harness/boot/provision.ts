import { BeamlineError } from "../../model/errors.js";
import { ProvisionService } from "../../proto/gen/fn-execution/provision_pb.js";
import type { ArtifactInformation } from "../../proto/gen/pipeline/artifacts_pb.js";
import type { Network } from "../../transport/transport.js";
import { parallelismIn } from "../parallelism.js";
import type { BootArguments } from "./boot-arguments.js";

/** Everything that a worker needs to start. */
export interface Provision {
  readonly control: string | undefined;
  readonly logging: string | undefined;
  readonly status: string | undefined;
  readonly artifact: string | undefined;
  readonly dependencies: readonly ArtifactInformation[];
  readonly runnerCapabilities: readonly string[];
  /** See `HarnessOptions`. */
  readonly parallelism: number | undefined;
}

/** How long a runner may take to answer. It has just started us, so it should be there. */
const TIMEOUT_MS = 60_000;

/** Asks the runner; what it leaves out is taken from the command line. */
export async function fetchProvision(
  network: Network,
  args: BootArguments,
  timeoutMs = TIMEOUT_MS,
): Promise<Provision> {
  const { provision, workerId, control, logging, artifact } = args;
  if (provision === undefined) {
    return {
      control,
      logging,
      artifact,
      status: undefined,
      dependencies: [],
      runnerCapabilities: [],
      parallelism: undefined,
    };
  }
  const transport = network.connect(provision, { metadata: { worker_id: workerId } });
  try {
    const method = ProvisionService.method.getProvisionInfo;
    const { info } = await transport.unary(method, {}, { timeoutMs, waitForReady: true });
    return {
      control: info?.controlEndpoint?.url || control,
      logging: info?.loggingEndpoint?.url || logging,
      status: info?.statusEndpoint?.url || undefined,
      artifact: info?.artifactEndpoint?.url || artifact,
      dependencies: info?.dependencies ?? [],
      runnerCapabilities: info?.runnerCapabilities ?? [],
      parallelism: parallelismIn(info?.pipelineOptions),
    };
  } catch (cause) {
    throw new BeamlineError(
      "PROVISION_FAILED",
      `Cannot start the worker: the runner does not say what to run (${cause instanceof Error ? cause.message : String(cause)}); check that ${provision} can be reached from here`,
      { origin: "remote", cause },
    );
  } finally {
    transport.close();
  }
}
