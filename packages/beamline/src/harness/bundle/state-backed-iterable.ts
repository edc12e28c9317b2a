import { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import type { Coder } from "../../coders/coder.js";
import { type IterableCoder, iterable } from "../../coders/iterable.js";
import { internalError } from "../../model/errors.js";
import type { StateAccess, StateKeyInit, StatePage } from "./state-access.js";

const NOTHING = new Uint8Array(0);
/** The count that stands where the rest of the elements is in the runner's state. */
const REST_IN_STATE = -1;

/** Reads the state of the bundle that a stage is running, on behalf of its coders. */
export class BundleState {
  private readonly access: StateAccess;
  private instruction = "";
  /** Fetches that must be over before the element that was decoded goes on. */
  private pending: Promise<void>[] = [];

  constructor(access: StateAccess) {
    this.access = access;
  }

  begin(instruction: string): void {
    this.instruction = instruction;
    this.pending = [];
  }

  /** Whether this thread can wait for state in the midst of user code. */
  get canWait(): boolean {
    return this.access.kind === "blocking";
  }

  /** Waits for one page of a piece of state. */
  fetch(key: StateKeyInit, continuation: Uint8Array): StatePage {
    const { access, instruction } = this;
    if (access.kind !== "blocking") throw internalError("This thread cannot wait for state");
    return access.fetch({ instruction, key, continuation });
  }

  /** All pages of a piece of state, where this thread cannot wait for them. */
  async fetchAll(key: StateKeyInit): Promise<Uint8Array[]> {
    const { access, instruction } = this;
    if (access.kind !== "ahead") throw internalError("This thread waits for state");
    const pages: Uint8Array[] = [];
    let continuation: Uint8Array = NOTHING;
    do {
      const page = await access.fetch({ instruction, key, continuation });
      pages.push(page.bytes);
      continuation = page.next;
    } while (continuation.length > 0);
    return pages;
  }

  get isPending(): boolean {
    return this.pending.length > 0;
  }

  async settle(): Promise<void> {
    const { pending } = this;
    this.pending = [];
    await Promise.all(pending);
  }

  /** The pages of a piece of state. */
  pagesOf(key: StateKeyInit): Iterable<Uint8Array> {
    const { access, instruction } = this;
    switch (access.kind) {
      case "blocking":
        return lazyPages((continuation) => access.fetch({ instruction, key, continuation }));
      case "ahead": {
        const pages: Uint8Array[] = [];
        const fetchAll = async () => {
          let continuation: Uint8Array = NOTHING;
          do {
            const page = await access.fetch({ instruction, key, continuation });
            pages.push(page.bytes);
            continuation = page.next;
          } while (continuation.length > 0);
        };
        this.pending.push(fetchAll());
        return pages;
      }
    }
  }
}

/** Pages as they are asked for; each iteration fetches them anew, so that none has to be kept. */
function lazyPages(fetch: (continuation: Uint8Array) => StatePage): Iterable<Uint8Array> {
  return {
    *[Symbol.iterator]() {
      let continuation: Uint8Array = NOTHING;
      do {
        const page = fetch(continuation);
        yield page.bytes;
        continuation = page.next;
      } while (continuation.length > 0);
    },
  };
}

/**
 * The coder of iterables whose end may lie in the runner's state, because it is large
 * (`beam:coder:state_backed_iterable:v1`): decoded as it is iterated.
 */
export class StateBackedIterableCoder implements Coder<Iterable<unknown>> {
  readonly urn = "beam:coder:state_backed_iterable:v1";
  readonly components: readonly [Coder<unknown>];
  readonly deterministic = false;
  private readonly plain: IterableCoder<unknown>;
  private readonly state: BundleState;

  constructor(element: Coder<unknown>, state: BundleState) {
    this.components = [element];
    this.plain = iterable(element);
    this.state = state;
  }

  encode(values: Iterable<unknown>, out: ByteWriter): void {
    this.plain.encode(values, out);
  }

  decode(input: ByteReader): Iterable<unknown> {
    const start = input.position;
    const count = input.readInt32();
    if (count >= 0) {
      input.position = start;
      return this.plain.decode(input);
    }
    const [element] = this.components;
    const inline: unknown[] = [];
    for (;;) {
      const block = input.readVarint();
      if (block === 0) return inline;
      if (block === REST_IN_STATE) break;
      if (block < 0) throw internalError(`A block of an iterable has the length ${block}`);
      for (let i = 0; i < block; i++) inline.push(element.decode(input));
    }
    const key = Uint8Array.from(input.readBytes(input.readLength()));
    return new StateBackedIterable(
      inline,
      this.state.pagesOf({ type: { case: "runner", value: { key } } }),
      element,
    );
  }
}

/** Elements that came along, then those in state. */
export class StateBackedIterable implements Iterable<unknown> {
  private readonly inline: readonly unknown[];
  private readonly pages: Iterable<Uint8Array>;
  private readonly element: Coder<unknown>;

  constructor(inline: readonly unknown[], pages: Iterable<Uint8Array>, element: Coder<unknown>) {
    this.inline = inline;
    this.pages = pages;
    this.element = element;
  }

  *[Symbol.iterator](): Iterator<unknown> {
    yield* this.inline;
    let rest: Uint8Array = NOTHING;
    for (const page of this.pages) {
      const bytes = rest.length === 0 ? page : Buffer.concat([rest, page]);
      const reader = new ByteReader(bytes);
      let start = 0;
      while (reader.remaining > 0) {
        start = reader.position;
        const value = this.next(reader);
        if (value === CUT) break;
        yield value;
        start = reader.position;
      }
      rest = bytes.subarray(start);
    }
    // Throws: the last element is cut off.
    if (rest.length > 0) this.element.decode(new ByteReader(rest));
  }

  /** The next value, or {@link CUT} when it goes on in the next page. */
  private next(reader: ByteReader): unknown {
    const { end } = reader;
    try {
      return this.element.decode(reader);
    } catch (cause) {
      const cut = (cause as { code?: unknown }).code === "TRUNCATED_BYTES" && reader.end === end;
      if (!cut) throw cause;
      return CUT;
    }
  }
}

const CUT = Symbol("cut");
