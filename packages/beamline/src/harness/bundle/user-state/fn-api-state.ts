import type { BagStore, StatePort } from "../../../exec/state/ports.js";
import type { CellSpec } from "../../../fn/state/cell-spec.js";
import { internalError } from "../../../model/errors.js";
import { getOrMake } from "../../../model/get-or-make.js";
import type { StateScope } from "../../../model/state-scope.js";
import type { StateKeyInit, StateWrite } from "../state-access.js";
import type { BundleState } from "../state-backed-iterable.js";
import { LoggedList } from "./logged-list.js";
import { LoggedMap } from "./logged-map.js";

const NOTHING = new Uint8Array(0);
/** Writes gather up to this size before they go to the harness. */
const BATCH_BYTES = 256 * 1024;

export type PostWrites = (instruction: string, writes: readonly StateWrite[]) => void;

/**
 * User state that the runner keeps, as bags (`beam:user_state:bag:v1`). Reads wait for the runner,
 * or are done before the element where this thread cannot wait; writes go to it in batches, and
 * are all under way when the bundle ends.
 */
export class FnApiState implements StatePort {
  private readonly state: BundleState;
  private readonly transformOf: (step: string) => string;
  private readonly post: PostWrites;
  private readonly bags = new Map<string, RemoteBag>();
  private readonly maps = new Map<string, LoggedMap>();
  private readonly lists = new Map<string, LoggedList>();
  private instruction = "";
  private writes: StateWrite[] = [];
  private size = 0;

  constructor(state: BundleState, transformOf: (step: string) => string, post: PostWrites) {
    this.state = state;
    this.transformOf = transformOf;
    this.post = post;
  }

  begin(instruction: string): void {
    this.instruction = instruction;
    this.writes = [];
    this.size = 0;
    for (const bag of this.bags.values()) bag.ahead.clear();
    for (const { log } of [...this.maps.values(), ...this.lists.values()]) log.begin();
  }

  bag(step: string, cell: string): RemoteBag {
    return getOrMake(this.bags, `${step}\n${cell}`, () => new RemoteBag(this, step, cell));
  }

  map(step: string, cell: string): LoggedMap {
    return getOrMake(this.maps, `${step}\n${cell}`, () => new LoggedMap(this.bag(step, cell)));
  }

  list(step: string, cell: string): LoggedList {
    return getOrMake(this.lists, `${step}\n${cell}`, () => new LoggedList(this.bag(step, cell)));
  }

  prepare(
    step: string,
    cells: readonly { readonly name: string; readonly kind: CellSpec["kind"] }[],
    scope: StateScope,
  ): Promise<void> | undefined {
    if (this.state.canWait || cells.length === 0) return undefined;
    this.send();
    const fetched = cells.map(async ({ name }) => {
      const bag = this.bag(step, name);
      if (bag.ahead.has(scope.id)) return;
      bag.ahead.set(scope.id, await this.state.fetchAll(this.keyOf(step, name, scope)));
    });
    return Promise.all(fetched).then(() => undefined);
  }

  /** Sends everything that has changed: the bundle is over. */
  flush(): void {
    for (const { log } of [...this.maps.values(), ...this.lists.values()]) log.flush();
    this.send();
  }

  /** @internal */
  fetch(step: string, cell: string, scope: StateScope): readonly Uint8Array[] {
    if (!this.state.canWait) throw internalError(`State "${cell}" was not fetched beforehand`);
    this.send();
    const key = this.keyOf(step, cell, scope);
    const pages: Uint8Array[] = [];
    let continuation: Uint8Array = NOTHING;
    do {
      const page = this.state.fetch(key, continuation);
      pages.push(page.bytes);
      continuation = page.next;
    } while (continuation.length > 0);
    return pages;
  }

  /** @internal */
  write(step: string, cell: string, scope: StateScope, append?: Uint8Array): void {
    // A copy: small byte strings share memory with others.
    const bytes = append === undefined ? undefined : Uint8Array.from(append);
    this.writes.push({ key: this.keyOf(step, cell, scope), append: bytes });
    this.size += (bytes?.length ?? 0) + scope.key.length;
    if (this.size > BATCH_BYTES) this.send();
  }

  private send(): void {
    const { writes } = this;
    if (writes.length === 0) return;
    this.writes = [];
    this.size = 0;
    this.post(this.instruction, writes);
  }

  private keyOf(step: string, cell: string, { key, window }: StateScope): StateKeyInit {
    const value = {
      transformId: this.transformOf(step),
      userStateId: cell,
      window: Uint8Array.from(window),
      key: Uint8Array.from(key),
    };
    return { type: { case: "bagUserState", value } };
  }
}

/** One cell of bag state at the runner. */
class RemoteBag implements BagStore {
  /** What was fetched before it was asked for, by scope. */
  readonly ahead = new Map<string, readonly Uint8Array[]>();
  private readonly home: FnApiState;
  private readonly step: string;
  private readonly cell: string;

  constructor(home: FnApiState, step: string, cell: string) {
    this.home = home;
    this.step = step;
    this.cell = cell;
  }

  read(scope: StateScope): readonly Uint8Array[] {
    return this.ahead.get(scope.id) ?? this.home.fetch(this.step, this.cell, scope);
  }

  append(scope: StateScope, values: Uint8Array): void {
    this.ahead.delete(scope.id);
    this.home.write(this.step, this.cell, scope, values);
  }

  replace(scope: StateScope, values: Uint8Array): void {
    this.clear(scope);
    this.append(scope, values);
  }

  clear(scope: StateScope): void {
    this.ahead.delete(scope.id);
    this.home.write(this.step, this.cell, scope);
  }
}
