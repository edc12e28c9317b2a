import type { ElementsData, ElementsFrame, ElementsTimers } from "../../proto/elements-codec.js";
import { BeamFnData } from "../../proto/gen/fn-execution/data_pb.js";
import type { ClientStream, Network, Transport } from "../../transport/transport.js";
import { type Segment, segmentOfTimers } from "../bundle-input.js";

/** Takes what comes in; a promise asks the sender to wait. */
export type Deliver = (segment: Segment, owned: boolean) => Promise<void> | undefined;

interface Channel {
  readonly transport: Transport;
  readonly stream: ClientStream<ElementsFrame, ElementsFrame>;
}

/** The data streams of a worker: one for each endpoint, shared by all bundles. */
export class DataPlane {
  private readonly network: Network;
  private readonly workerId: string;
  private readonly deliver: Deliver;
  private readonly onBroken: (endpoint: string, error: unknown) => void;
  private readonly channels = new Map<string, Channel>();
  private closed = false;

  constructor(
    network: Network,
    workerId: string,
    deliver: Deliver,
    onBroken: (endpoint: string, error: unknown) => void,
  ) {
    this.network = network;
    this.workerId = workerId;
    this.deliver = deliver;
    this.onBroken = onBroken;
  }

  /** Connects to `endpoint` unless that was done before: a runner sends only over open streams. */
  open(endpoint: string): Channel {
    const present = this.channels.get(endpoint);
    if (present !== undefined) return present;
    const transport = this.network.connect(endpoint, { metadata: { worker_id: this.workerId } });
    const stream = transport.stream(BeamFnData.method.data);
    const channel: Channel = { transport, stream };
    this.channels.set(endpoint, channel);
    void this.read(endpoint, channel);
    return channel;
  }

  /** Sends segments as one message. The promise, if there is one, asks to wait before the next. */
  send(
    endpoint: string,
    data: readonly ElementsData[],
    timers: readonly ElementsTimers[] = [],
  ): Promise<void> | undefined {
    return this.open(endpoint).stream.send({ data, timers });
  }

  close(): void {
    this.closed = true;
    for (const { stream, transport } of this.channels.values()) {
      stream.end();
      transport.close();
    }
    this.channels.clear();
  }

  /** Never rejects. A stream that ends is opened again when the next descriptor needs it. */
  private async read(endpoint: string, { stream, transport }: Channel): Promise<void> {
    let failure: unknown;
    try {
      for await (const { data, timers } of stream.messages) {
        const owned = data.length + timers.length === 1;
        for (const segment of [...data, ...timers.map(segmentOfTimers)]) {
          const wait = this.deliver(segment, owned);
          if (wait !== undefined) await wait;
        }
      }
    } catch (error) {
      failure = error;
    }
    if (this.closed) return;
    this.channels.delete(endpoint);
    transport.close();
    this.onBroken(endpoint, failure);
  }
}
