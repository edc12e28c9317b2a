import { ByteReader } from "../../bytes/byte-reader.js";
import type { Coder } from "../../coders/coder.js";
import { ParamWindowedValueCoder } from "../../coders/param-windowed-value.js";
import type { BundleGate } from "../../exec/bundle-processor.js";
import type { Receive } from "../../exec/receive.js";
import type { Turn } from "../../exec/turn.js";
import type { ElementMeta } from "../../model/element-meta.js";
import { BeamlineError } from "../../model/errors.js";
import type { ElementCoder } from "./descriptor-coders.js";
import type { SourcePort } from "./stage-from-descriptor.js";
import type { BundleState } from "./state-backed-iterable.js";

const NOTHING = Buffer.alloc(0);

/**
 * Decodes the elements of one bundle at one source. It stops before element `stop`, which a split
 * sets; what the runner sends beyond is dropped.
 */
export class InputChannel {
  readonly port: SourcePort;
  /** Index of the element that was read last. */
  index = -1;
  /** Index of the first element that is not this bundle's. */
  stop = Number.POSITIVE_INFINITY;
  /** True while steps below have not finished with the last element. */
  isBusy = false;
  isDone = false;
  private readonly value: Coder<unknown>;
  private readonly readMeta: (reader: ByteReader) => ElementMeta;
  private readonly receive: Receive;
  private readonly state: BundleState;
  /** Hands on an element that waits for state. */
  private held: (() => void) | undefined;
  private readonly reader = new ByteReader(NOTHING);
  /** The beginning of an element that goes on in the next chunk. */
  private rest = NOTHING;

  constructor(port: SourcePort, receive: Receive, state: BundleState) {
    this.port = port;
    this.state = state;
    this.value = port.coder.value;
    this.readMeta = metaReader(port.coder);
    this.receive = receive;
  }

  /** Hands on the elements of a chunk, pausing where the steps below ask for it. */
  async feed(bytes: Uint8Array, isLast: boolean, gate: BundleGate, turn: Turn): Promise<void> {
    const { reader } = this;
    reader.buffer = joined(this.rest, bytes);
    reader.position = 0;
    reader.end = reader.buffer.length;
    this.rest = NOTHING;
    while (this.pump(gate, turn)) {
      if (this.held !== undefined) await this.release(this.held);
      this.isBusy = gate.attention;
      if (this.isBusy) await gate.clear();
      this.isBusy = false;
      if (turn.isLate()) await turn.pass();
    }
    if (isLast) this.finish();
  }

  /** Runs until the chunk is done (false), or until somebody else has to run first (true). */
  private pump(gate: BundleGate, turn: Turn): boolean {
    const { reader, readMeta, value, receive } = this;
    const { end } = reader;
    while (reader.position < end) {
      if (this.index + 1 >= this.stop) {
        reader.position = end;
        return false;
      }
      const start = reader.position;
      let meta: ElementMeta;
      let element: unknown;
      try {
        meta = readMeta(reader);
        element = value.decode(reader);
      } catch (cause) {
        this.keepRest(start, end, cause);
        return false;
      }
      this.index++;
      if (this.state.isPending) {
        this.held = () => receive(element, meta);
        return true;
      }
      receive(element, meta);
      if (gate.attention || turn.isOver()) return true;
    }
    return false;
  }

  private async release(held: () => void): Promise<void> {
    this.held = undefined;
    await this.state.settle();
    held();
  }

  /** Bytes end in the midst of an element: the rest of it comes with the next chunk. */
  private keepRest(start: number, end: number, cause: unknown): void {
    const { reader } = this;
    const cut = (cause as { code?: unknown }).code === "TRUNCATED_BYTES" && reader.end === end;
    if (!cut) throw this.unreadable(cause);
    this.rest = Buffer.from(reader.buffer.subarray(start, end));
  }

  private finish(): void {
    this.isDone = true;
    if (this.rest.length > 0 && this.index + 1 < this.stop) {
      throw this.unreadable(new Error(`the last element is cut off`));
    }
  }

  private unreadable(cause: unknown): BeamlineError {
    const consumer = this.port.consumer?.transform ?? this.port.pcollection;
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new BeamlineError(
      "CANNOT_DECODE",
      `Cannot read element ${this.index + 1} of the input of "${consumer}" with the coder ${this.value.urn}: ${reason}; check that both sides run the same version, and that a coder of your own reads what it writes`,
      { origin: "remote", cause },
    );
  }
}

function metaReader(coder: ElementCoder): (reader: ByteReader) => ElementMeta {
  if (coder instanceof ParamWindowedValueCoder) {
    const { meta } = coder;
    return () => meta;
  }
  return (reader) => coder.decodeMeta(reader);
}

function joined(rest: Buffer, bytes: Uint8Array): Buffer {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return rest.length === 0 ? view : Buffer.concat([rest, view]);
}
