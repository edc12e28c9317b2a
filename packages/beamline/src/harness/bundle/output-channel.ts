import { ByteWriter } from "../../bytes/byte-writer.js";
import { ParamWindowedValueCoder } from "../../coders/param-windowed-value.js";
import type { BundleScope, Congestible } from "../../exec/bundle-scope.js";
import type { Receive } from "../../exec/receive.js";
import { userCodeError } from "../../exec/user-code-error.js";
import type { ElementMeta } from "../../model/element-meta.js";
import { specialise } from "../../model/specialise.js";
import type { Chunk, Distribution, SinkCounts } from "./messages.js";
import type { SinkPort } from "./stage-from-descriptor.js";

/** Encoded bytes at which a chunk goes out: messages of about 1 MB are the cheapest. */
const CHUNK_BYTES = 1024 * 1024;
/** Room for the element that goes over it, so that the writer does not grow at the end of a chunk. */
const CHUNK_CAPACITY = CHUNK_BYTES + 64 * 1024;
/** Bytes of one bundle's sink that may wait to be sent; beyond that the bundle pauses. */
const WINDOW_BYTES = 8 * CHUNK_BYTES;
/** A last chunk of up to this size is copied out of the writer, which then serves the next bundle. */
const SMALL_BYTES = 64 * 1024;
/** One element in so many has its size measured. */
const SAMPLE_EVERY = 1024;

export type PostChunk = (chunk: Chunk) => void;

/** Encodes the elements that leave at one sink, and hands them on in chunks. */
export class OutputChannel implements Congestible {
  readonly transform: string;
  private readonly pcollection: string;
  readonly receive: Receive;
  private readonly scope: BundleScope;
  private readonly post: PostChunk;
  private readonly out = new ByteWriter(4096);
  private readonly spare: ArrayBuffer[] = [];
  private instruction = "";
  private unsent = 0;
  private sentChunks = 0;
  private holding = false;
  /** Elements since the bundle began; the specialised code counts here. */
  private readonly state = { elements: 0 };
  private sizes = NO_SIZES;

  constructor(port: SinkPort, scope: BundleScope, post: PostChunk) {
    this.transform = port.id;
    this.pcollection = port.pcollection;
    this.scope = scope;
    this.post = post;
    const { coder } = port;
    const producer = port.pcollection.slice(0, port.pcollection.lastIndexOf("."));
    const header = new MetaHeader(coder instanceof ParamWindowedValueCoder ? undefined : coder);
    this.receive = specialise<Receive>(
      {
        state: this.state,
        out: this.out,
        header,
        coder: coder.value,
        CHUNK_BYTES,
        SAMPLE_MASK: SAMPLE_EVERY - 1,
        flush: () => this.flush(),
        sample: (size: number) => this.sample(size),
        failed: (cause: unknown, value: unknown) => userCodeError(producer, cause, value),
      },
      RECEIVE,
    );
  }

  get congested(): boolean {
    return this.holding;
  }

  begin(instruction: string): void {
    this.instruction = instruction;
    this.out.reset();
    this.unsent = 0;
    this.sentChunks = 0;
    this.holding = false;
    this.state.elements = 0;
    this.sizes = NO_SIZES;
  }

  /** That many bytes have left for the runner; `buffer` is free again. */
  sent(size: number, buffer: ArrayBuffer | undefined): void {
    if (buffer !== undefined && buffer.byteLength === CHUNK_CAPACITY && this.spare.length < 4) {
      this.spare.push(buffer);
    }
    this.unsent -= size;
    if (this.holding && this.unsent <= WINDOW_BYTES / 2) {
      this.holding = false;
      this.scope.release();
    }
  }

  /** Whether chunks have gone out before the last one. */
  get flushed(): boolean {
    return this.sentChunks > 0;
  }

  /** What is left: the last chunk of the bundle. */
  finish(): Chunk {
    const { out } = this;
    const bytes = out.position <= SMALL_BYTES ? out.toBytes() : this.takeBytes();
    out.reset();
    return { instruction: this.instruction, transform: this.transform, bytes, isLast: true };
  }

  counts(): SinkCounts {
    const { transform, pcollection, sizes } = this;
    return { transform, pcollection, elements: this.state.elements, sizes };
  }

  private flush(): void {
    const bytes = this.takeBytes();
    this.sentChunks++;
    this.unsent += bytes.length;
    if (!this.holding && this.unsent > WINDOW_BYTES) {
      this.holding = true;
      this.scope.hold();
    }
    const { instruction, transform } = this;
    this.post({ instruction, transform, bytes, isLast: false });
  }

  /** The written bytes without a copy; the writer goes on in another buffer. */
  private takeBytes(): Uint8Array {
    const { out } = this;
    const { buffer, byteOffset } = out.buffer;
    const bytes = new Uint8Array(buffer, byteOffset, out.position);
    const spare = this.spare.pop();
    out.buffer = spare === undefined ? Buffer.allocUnsafeSlow(CHUNK_CAPACITY) : Buffer.from(spare);
    out.reset();
    return bytes;
  }

  private sample(size: number): void {
    const { count, sum, min, max } = this.sizes;
    this.sizes = {
      count: count + 1,
      sum: sum + size,
      min: count === 0 ? size : Math.min(min, size),
      max: Math.max(max, size),
    };
  }
}

const NO_SIZES: Distribution = { count: 0, sum: 0, min: 0, max: 0 };

const RECEIVE = `(value, meta) => {
  const start = out.position;
  if (meta === header.meta) header.repeat(out); else header.write(meta, out);
  try { coder.encode(value, out); } catch (cause) { throw failed(cause, value); }
  if ((state.elements++ & SAMPLE_MASK) === 0) sample(out.position - start);
  if (out.position >= CHUNK_BYTES) flush();
}`;

interface MetaCoder {
  encodeMeta(meta: ElementMeta, out: ByteWriter): void;
}

/** What stands before a value, kept encoded: elements in a row mostly share one meta object. */
class MetaHeader {
  meta: ElementMeta | undefined;
  private readonly coder: MetaCoder | undefined;
  private bytes: Uint8Array = new Uint8Array(0);

  /** @param coder - Undefined where metas are not encoded. */
  constructor(coder: MetaCoder | undefined) {
    this.coder = coder;
  }

  repeat(out: ByteWriter): void {
    const { bytes } = this;
    const { length } = bytes;
    out.ensure(length);
    const { buffer, position } = out;
    for (let i = 0; i < length; i++) buffer[position + i] = bytes[i] as number;
    out.position = position + length;
  }

  write(meta: ElementMeta, out: ByteWriter): void {
    const start = out.position;
    this.coder?.encodeMeta(meta, out);
    this.bytes = Uint8Array.from(out.buffer.subarray(start, out.position));
    this.meta = meta;
  }
}
