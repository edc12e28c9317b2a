import { internalError } from "../../model/errors.js";

/** What another thread needs to use the same arena. */
export interface ArenaParts {
  readonly pages: SharedArrayBuffer;
  readonly owners: SharedArrayBuffer;
  readonly pageBytes: number;
}

/** A page that nobody has. */
const FREE = 0;

/** The owner of pages whose bundle has been committed: the coordinator. */
export const COMMITTED = 1;

/**
 * Memory in pages that all threads share: a block in it goes from thread to thread as a number, is
 * there again when the thread that worked on it dies, and is free the moment somebody says so,
 * whenever a garbage collector might run. Pages never touched cost no memory.
 */
export class PageArena {
  readonly pageBytes: number;
  private readonly memory: SharedArrayBuffer;
  /** Who has each page. */
  private readonly owners: Int32Array;

  constructor({ pages, owners, pageBytes }: ArenaParts) {
    this.memory = pages;
    this.owners = new Int32Array(owners);
    this.pageBytes = pageBytes;
  }

  static make(pages: number, pageBytes: number): PageArena {
    return new PageArena({
      pages: new SharedArrayBuffer(pages * pageBytes),
      owners: new SharedArrayBuffer(pages * Int32Array.BYTES_PER_ELEMENT),
      pageBytes,
    });
  }

  get parts(): ArenaParts {
    const { memory, owners, pageBytes } = this;
    return { pages: memory, owners: owners.buffer as SharedArrayBuffer, pageBytes };
  }

  /** Pages that somebody has. */
  get taken(): number {
    let taken = 0;
    for (let page = 0; page < this.owners.length; page++) {
      if (Atomics.load(this.owners, page) !== FREE) taken++;
    }
    return taken;
  }

  /** A page of `owner`'s, or undefined where there is none left. The lowest: others stay untouched. */
  take(owner: number): number | undefined {
    const { owners } = this;
    for (let page = 0; page < owners.length; page++) {
      if (
        Atomics.load(owners, page) === FREE &&
        Atomics.compareExchange(owners, page, FREE, owner) === FREE
      ) {
        return page;
      }
    }
    return undefined;
  }

  /** The first `length` bytes of a page. */
  view(page: number, length: number): Buffer {
    if (length > this.pageBytes) throw internalError("A page is smaller than its block");
    return Buffer.from(this.memory, page * this.pageBytes, length);
  }

  hand(page: number, to: number): void {
    Atomics.store(this.owners, page, to);
  }

  free(page: number): void {
    Atomics.store(this.owners, page, FREE);
  }

  /** Frees every page of an owner that is no more. */
  reclaim(owner: number): void {
    for (let page = 0; page < this.owners.length; page++) {
      Atomics.compareExchange(this.owners, page, owner, FREE);
    }
  }
}
