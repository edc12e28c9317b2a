import type { Coder } from "../../coders/coder.js";
import { encodeNested } from "../../coders/contexts.js";
import { globalWindow } from "../../coders/global-window.js";
import { intervalWindow } from "../../coders/interval-window.js";
import type { SideInputData, SideInputPort, SideInputSource } from "../../exec/side-inputs/port.js";
import type { Step, StepSideInput } from "../../exec/stage.js";
import { sideInputId } from "../../graph/proto/side-inputs-to-proto.js";
import { accessPatternOf } from "../../graph/side-input.js";
import { type BeamlineError, internalError } from "../../model/errors.js";
import type { Window } from "../../model/window.js";
import { PageCache } from "./page-cache.js";
import { type SideTokens, sideTokenId } from "./side-tokens.js";
import type { StateKeyInit } from "./state-access.js";
import { type BundleState, StateBackedIterable } from "./state-backed-iterable.js";

/** Where a side input is, as the runner knows it. */
interface Address {
  readonly transformId: string;
  readonly sideInputId: string;
}

/**
 * The side inputs of a stage, read from the runner over the state stream as they are asked for. What
 * has come is kept while the bundle runs, and longer where the runner gives a cache token.
 */
export class FnApiSideInputs implements SideInputPort {
  private readonly state: BundleState;
  private readonly transformOf: ReadonlyMap<Step, string>;
  private readonly cache: PageCache;
  private readonly sources: FnApiSource[] = [];

  /** @param transformOf - Ids of the transforms behind the steps. */
  constructor(state: BundleState, transformOf: ReadonlyMap<Step, string>) {
    this.state = state;
    this.transformOf = transformOf;
    // What was fetched ahead must stay: it cannot be fetched again when it is needed.
    this.cache = new PageCache(state.canWait ? undefined : Number.POSITIVE_INFINITY);
  }

  open(step: Step, name: string, sideInput: StepSideInput): SideInputSource {
    const transformId = this.transformOf.get(step);
    if (transformId === undefined) throw internalError(`No transform behind "${step.name}"`);
    const address = { transformId, sideInputId: sideInputId(step.name, name) };
    const source = new FnApiSource(this.state, this.cache, address, sideInput);
    this.sources.push(source);
    return source;
  }

  /** The next bundle begins. */
  begin(instruction: string, tokens: SideTokens): void {
    if (this.sources.length === 0) return;
    for (const source of this.sources) source.begin(instruction, tokens);
    this.cache.retain(new Set(this.sources.map(({ scope }) => scope)));
  }
}

class FnApiSource implements SideInputSource {
  /** Under what the cached pages are right: a token, or this bundle. */
  scope = "";
  private readonly state: BundleState;
  private readonly cache: PageCache;
  private readonly address: Address;
  private readonly sideInput: StepSideInput;
  /** Windows whose data has been fetched ahead in this bundle, or is on its way. */
  private readonly ahead = new Map<string, Promise<void> | "there">();
  /** Where this thread cannot wait for state: see {@link SideInputSource.prepare}. */
  readonly prepare?: (window: Window) => Promise<void> | undefined;

  constructor(state: BundleState, cache: PageCache, address: Address, sideInput: StepSideInput) {
    this.state = state;
    this.cache = cache;
    this.address = address;
    this.sideInput = sideInput;
    if (!state.canWait) this.prepare = (window) => this.fetchAhead(windowBytes(window));
  }

  begin(instruction: string, tokens: SideTokens): void {
    const { transformId, sideInputId: id } = this.address;
    const token = tokens[sideTokenId(transformId, id)];
    this.scope = `${transformId}\0${id}\0${token === undefined ? `bundle ${instruction}` : `token ${token}`}`;
    this.ahead.clear();
  }

  in(window: Window): SideInputData {
    const bytes = windowBytes(window);
    return accessPatternOf(this.sideInput.view) === "multimap"
      ? new RemoteMap(this, this.sideInput.coder, bytes)
      : new RemoteList(this, this.sideInput.coder, bytes);
  }

  /** The values of a piece of the side input, decoded as they are iterated. */
  read(kind: Piece, window: Uint8Array, key: Uint8Array, coder: Coder<unknown>): Iterable<unknown> {
    const id = this.idOf(kind, window, key);
    if (this.state.canWait) {
      const stateKey = this.stateKey(kind, window, key);
      const fetch = (continuation: Uint8Array) => this.state.fetch(stateKey, continuation);
      return new StateBackedIterable([], this.cache.pages(id, this.scope, fetch), coder);
    }
    const pages = this.cache.has(id) ? this.cache.pages(id, this.scope, cannotFetch) : [];
    return new StateBackedIterable([], pages, coder);
  }

  private fetchAhead(window: Uint8Array): Promise<void> | undefined {
    const text = latin1(window);
    const present = this.ahead.get(text);
    if (present !== undefined) return present === "there" ? undefined : present;
    const fetched = this.fetchWindow(window).then(() => {
      this.ahead.set(text, "there");
    });
    this.ahead.set(text, fetched);
    return fetched;
  }

  private async fetchWindow(window: Uint8Array): Promise<void> {
    const { coder, view } = this.sideInput;
    if (accessPatternOf(view) === "iterable") {
      await this.fetchPiece("iterable", window, NOTHING);
      return;
    }
    const [keyCoder] = coder.components;
    if (keyCoder === undefined) throw noKeys();
    await this.fetchPiece("multimapKeys", window, NOTHING);
    const keys = new Set<string>();
    for (const key of this.read("multimapKeys", window, NOTHING, keyCoder)) {
      keys.add(latin1(encodeNested(keyCoder, key)));
    }
    await Promise.all(
      [...keys].map((key) => this.fetchPiece("multimap", window, Buffer.from(key, "latin1"))),
    );
  }

  private async fetchPiece(kind: Piece, window: Uint8Array, key: Uint8Array): Promise<void> {
    const id = this.idOf(kind, window, key);
    if (this.cache.has(id)) return;
    const pages = await this.state.fetchAll(this.stateKey(kind, window, key));
    this.cache.put(id, this.scope, pages);
  }

  private idOf(kind: Piece, window: Uint8Array, key: Uint8Array): string {
    return `${this.scope}\0${kind}\0${latin1(window)}\0${latin1(key)}`;
  }

  private stateKey(kind: Piece, window: Uint8Array, key: Uint8Array): StateKeyInit {
    const { address } = this;
    switch (kind) {
      case "iterable":
        return { type: { case: "iterableSideInput", value: { ...address, window } } };
      case "multimap":
        return { type: { case: "multimapSideInput", value: { ...address, window, key } } };
      case "multimapKeys":
        return { type: { case: "multimapKeysSideInput", value: { ...address, window } } };
    }
  }
}

type Piece = "iterable" | "multimap" | "multimapKeys";

class RemoteList implements SideInputData {
  private readonly source: FnApiSource;
  private readonly coder: Coder<unknown>;
  private readonly window: Uint8Array;

  constructor(source: FnApiSource, coder: Coder<unknown>, window: Uint8Array) {
    this.source = source;
    this.coder = coder;
    this.window = window;
  }

  elements(): Iterable<unknown> {
    return this.source.read("iterable", this.window, NOTHING, this.coder);
  }

  valuesOf(): never {
    throw noKeys();
  }

  keys(): never {
    throw noKeys();
  }
}

class RemoteMap implements SideInputData {
  private readonly source: FnApiSource;
  private readonly key: Coder<unknown>;
  private readonly value: Coder<unknown>;
  private readonly window: Uint8Array;

  constructor(source: FnApiSource, coder: Coder<unknown>, window: Uint8Array) {
    const [key, value] = coder.components;
    if (key === undefined || value === undefined) throw noKeys();
    this.source = source;
    this.key = key;
    this.value = value;
    this.window = window;
  }

  elements(): never {
    throw internalError("A side input that is a map is read by key");
  }

  valuesOf(key: unknown): Iterable<unknown> {
    return this.source.read("multimap", this.window, encodeNested(this.key, key), this.value);
  }

  keys(): Iterable<unknown> {
    return this.source.read("multimapKeys", this.window, NOTHING, this.key);
  }
}

const NOTHING = new Uint8Array(0);

function windowBytes(window: Window): Uint8Array {
  return window.kind === "global"
    ? encodeNested(globalWindow, window)
    : encodeNested(intervalWindow, window);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

function cannotFetch(): never {
  throw internalError("State is asked for that was to be fetched beforehand");
}

function noKeys(): BeamlineError {
  return internalError("A side input that is read by key has no kv coder");
}
