import { BeamlineError } from "../../model/errors.js";
import { BeamFnState, type StateResponse } from "../../proto/gen/fn-execution/state_pb.js";
import type { ClientStream, Network, Transport } from "../../transport/transport.js";
import type { StateKeyInit, StatePage, StateQuery, StateWrite } from "../bundle/state-access.js";

interface Request {
  readonly id: string;
  readonly instructionId: string;
  readonly stateKey: StateKeyInit;
  readonly request:
    | { readonly case: "get"; readonly value: { readonly continuationToken: Uint8Array } }
    | { readonly case: "append"; readonly value: { readonly data: Uint8Array } }
    | { readonly case: "clear"; readonly value: Record<never, never> };
}

/** What there is to say to a change. */
const NO_PAGE: StatePage = { bytes: new Uint8Array(0), next: new Uint8Array(0) };

interface Pending {
  readonly resolve: (page: StatePage) => void;
  readonly reject: (error: Error) => void;
}

interface Channel {
  readonly transport: Transport;
  readonly stream: ClientStream<StateResponse, Request>;
  readonly pending: Map<string, Pending>;
}

/** The state streams of a worker: one for each endpoint, shared by all bundles. */
export class StatePlane {
  private readonly network: Network;
  private readonly workerId: string;
  private readonly channels = new Map<string, Channel>();
  private requests = 0;

  constructor(network: Network, workerId: string) {
    this.network = network;
    this.workerId = workerId;
  }

  async get(endpoint: string, query: StateQuery): Promise<StatePage> {
    const { instruction, key, continuation } = query;
    return await this.ask(endpoint, instruction, key, {
      case: "get",
      value: { continuationToken: continuation },
    });
  }

  /** Makes changes in their order; resolves when the runner has made them all. */
  async write(endpoint: string, instruction: string, writes: readonly StateWrite[]): Promise<void> {
    const made = writes.map(({ key, append }) =>
      append === undefined
        ? this.ask(endpoint, instruction, key, { case: "clear", value: {} })
        : this.ask(endpoint, instruction, key, { case: "append", value: { data: append } }),
    );
    await Promise.all(made);
  }

  private ask(
    endpoint: string,
    instructionId: string,
    stateKey: StateKeyInit,
    request: Request["request"],
  ): Promise<StatePage> {
    const { stream, pending } = this.open(endpoint);
    const id = `s${this.requests++}`;
    return new Promise<StatePage>((resolve, reject) => {
      pending.set(id, { resolve, reject });
      void stream.send({ id, instructionId, stateKey, request });
    });
  }

  close(): void {
    for (const { stream, transport } of this.channels.values()) {
      stream.end();
      transport.close();
    }
    this.channels.clear();
  }

  private open(endpoint: string): Channel {
    const present = this.channels.get(endpoint);
    if (present !== undefined) return present;
    const transport = this.network.connect(endpoint, { metadata: { worker_id: this.workerId } });
    const stream = transport.stream(BeamFnState.method.state);
    const channel: Channel = { transport, stream, pending: new Map() };
    this.channels.set(endpoint, channel);
    void this.read(endpoint, channel);
    return channel;
  }

  /** Never rejects: whoever waits is told. */
  private async read(endpoint: string, { stream, transport, pending }: Channel): Promise<void> {
    let cause: unknown;
    try {
      for await (const { id, error, response } of stream.messages) {
        const waiting = pending.get(id);
        pending.delete(id);
        if (error !== "") waiting?.reject(refused(error));
        else if (response.case === "get") {
          const { data, continuationToken } = response.value;
          // Copies: views would take the whole message along to another thread.
          const bytes = new Uint8Array(data);
          waiting?.resolve({ bytes, next: new Uint8Array(continuationToken) });
        } else waiting?.resolve(NO_PAGE);
      }
    } catch (error) {
      cause = error;
    }
    this.channels.delete(endpoint);
    transport.close();
    const words = cause instanceof Error ? cause.message : "the runner closed the state stream";
    for (const { reject } of pending.values()) reject(refused(words, cause));
  }
}

function refused(words: string, cause?: unknown): BeamlineError {
  return new BeamlineError(
    "STATE_UNAVAILABLE",
    `Cannot read state from the runner: ${words}; the runner's logs say more`,
    { origin: "remote", cause },
  );
}
