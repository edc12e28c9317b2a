import type { StateScope } from "../../model/state-scope.js";
import { END_OF_GLOBAL_WINDOW, type Timestamp } from "../../model/time.js";
import { Heap } from "./heap.js";

/**
 * Which scopes expire when. A scope without anything may be among them: a transaction that was
 * rolled back has left it there, and it expires like any other.
 */
export class Expiries {
  private readonly byExpiry = new Map<Timestamp, Set<string>>();
  private readonly instants = new Heap<Timestamp>((a, b) => a < b);
  private lastExpiry = Number.NaN;
  private last: Set<string> = new Set();

  watch({ id, expiry }: StateScope): void {
    this.watchId(id, expiry);
  }

  watchId(id: string, expiry: Timestamp): void {
    // The global window ends with everything: nobody has to remember its keys.
    if (expiry >= END_OF_GLOBAL_WINDOW) return;
    if (expiry !== this.lastExpiry) {
      let ids = this.byExpiry.get(expiry);
      if (ids === undefined) {
        ids = new Set();
        this.byExpiry.set(expiry, ids);
        this.instants.push(expiry);
      }
      this.lastExpiry = expiry;
      this.last = ids;
    }
    this.last.add(id);
  }

  /** The watermark at which something has expired. */
  get next(): Timestamp | undefined {
    const first = this.instants.peek();
    return first === undefined ? undefined : first + 1;
  }

  /** Takes out the scopes whose expiry lies before `watermark`. */
  takeExpired(watermark: Timestamp): { readonly expiry: Timestamp; readonly ids: Set<string> }[] {
    const taken: { expiry: Timestamp; ids: Set<string> }[] = [];
    for (let first = this.instants.peek(); first !== undefined; first = this.instants.peek()) {
      if (first >= watermark) break;
      this.instants.pop();
      const ids = this.byExpiry.get(first);
      this.byExpiry.delete(first);
      if (ids !== undefined) taken.push({ expiry: first, ids });
    }
    this.lastExpiry = Number.NaN;
    return taken;
  }

  *entries(): Iterable<readonly [Timestamp, ReadonlySet<string>]> {
    yield* this.byExpiry;
  }
}
